import { norm } from '../../numeric/dot.ts';
import type { NodeFit } from './nodeFit.ts';
import { rowOf, type Samples } from './samples.ts';

/** How negatives see one node: the cosine of each with it, and $e^{\gamma h}$ of what it predicts for each. */
export interface NegativeView {
  readonly cosines: Float64Array;
  readonly masses: Float64Array;
}

/** Where negatives go as nodes merge. */
export interface NegativeRoutes {
  /** How they see a node. */
  view(node: NodeFit): NegativeView;
  /** Sends each to the node of the greatest cosine, the first of equals. */
  route(nodes: ReadonlyMap<number, NegativeView>): void;
  /** The sum of $e^{\gamma h}$ over all. */
  mass(): number;
  /** What that sum would gain if two nodes became one. */
  change(a: number, b: number, merged: NegativeView): number;
  /** How much the last {@link route} changed {@link change} of a pair. */
  changeOfChange(a: number, b: number, merged: NegativeView): number;
}

/** The best nodes that are kept per negative: a pair takes away two at most. */
const KEPT = 3;

/** The best nodes of each negative, the best first, with its cosine and mass there. */
interface Ranking {
  readonly nodes: Int32Array;
  readonly cosines: Float64Array;
  readonly masses: Float64Array;
}

/** Routes of negatives by arg-max cosine; `exponential` is $e^{\gamma h}$ in some unit. */
export function negativeRoutes(samples: Samples, exponential: (prediction: number) => number): NegativeRoutes {
  const { count, width, responses, rationales } = samples;
  const lengths = Float64Array.from({ length: count }, (_, j) => norm(rowOf(rationales, j, width)));
  let ranking = emptyRanking(count);
  let before = ranking;
  let moved: readonly number[] = [];
  return {
    view({ weights, bias }) {
      const used = Array.from(weights.keys()).filter((d) => weights[d] !== 0);
      const length = norm(weights);
      const along = (data: Float64Array, j: number): number => {
        let sum = 0;
        for (const d of used) sum += (weights[d] as number) * (data[j * width + d] as number);
        return sum;
      };
      return {
        cosines: lengths.map((own, j) => along(rationales, j) / (own * length)),
        masses: lengths.map((_, j) => exponential(along(responses, j) + bias)),
      };
    },
    route(nodes) {
      before = ranking;
      ranking = emptyRanking(count);
      for (const [node, view] of nodes) {
        for (let j = 0; j < count; j++) insert(ranking, j, node, view);
      }
      moved = Array.from(lengths.keys()).filter((j) =>
        [0, 1, 2].some((rank) => ranking.nodes[KEPT * j + rank] !== before.nodes[KEPT * j + rank]),
      );
    },
    mass() {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += ranking.masses[KEPT * j] as number;
      return sum;
    },
    change(a, b, merged) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += changeAt(ranking, j, a, b, merged);
      return sum;
    },
    changeOfChange(a, b, merged) {
      let sum = 0;
      for (const j of moved) sum += changeAt(ranking, j, a, b, merged) - changeAt(before, j, a, b, merged);
      return sum;
    },
  };
}

function emptyRanking(count: number): Ranking {
  return {
    nodes: new Int32Array(KEPT * count).fill(-1),
    cosines: new Float64Array(KEPT * count),
    masses: new Float64Array(KEPT * count),
  };
}

function insert({ nodes, cosines, masses }: Ranking, j: number, node: number, view: NegativeView): void {
  const cosine = view.cosines[j] as number;
  let place = KEPT * j + KEPT;
  while (place > KEPT * j && ((nodes[place - 1] as number) < 0 || cosine > (cosines[place - 1] as number))) place--;
  if (place === KEPT * (j + 1)) return;
  for (const array of [nodes, cosines, masses]) array.copyWithin(place + 1, place, KEPT * (j + 1) - 1);
  nodes[place] = node;
  cosines[place] = cosine;
  masses[place] = view.masses[j] as number;
}

/** What a negative's $e^{\gamma h}$ would gain if two nodes became one. */
function changeAt({ nodes, cosines, masses }: Ranking, j: number, a: number, b: number, merged: NegativeView): number {
  const first = KEPT * j;
  let place = first;
  while (place < first + KEPT && (nodes[place] === a || nodes[place] === b)) place++;
  const isAlone = place === first + KEPT || (nodes[place] as number) < 0;
  if (isAlone || (merged.cosines[j] as number) > (cosines[place] as number)) {
    return (merged.masses[j] as number) - (masses[first] as number);
  }
  return place === first ? 0 : (masses[place] as number) - (masses[first] as number);
}
