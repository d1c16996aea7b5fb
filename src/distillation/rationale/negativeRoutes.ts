import { norm } from '../../numeric/linear/vectors.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { NodeFit } from './nodeFit.ts';
import { type Samples, tableRow } from './samples.ts';

/** How negatives see one node: the cosine of each with it, and $e^{\gamma h}$ of what it predicts for each. */
export interface NegativeView {
  readonly cosines: Float64Array;
  readonly masses: Float64Array;
}

/** Where negatives go as nodes merge. */
export interface NegativeRoutes {
  /** How they see a node. */
  view(node: NodeFit): Sliced<NegativeView>;
  /** Sends each to the node of the greatest cosine, the first of equals. */
  route(nodes: ReadonlyMap<number, NegativeView>): Sliced<void>;
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
  const lengths = Float64Array.from({ length: count }, (_, j) => norm(tableRow(rationales, j, width)));
  let ranking = emptyRanking(count);
  let before = ranking;
  let moved = new Int32Array(0);
  return {
    *view({ weights, bias }) {
      const used = Int32Array.from(weights.keys()).filter((d) => weights[d] !== 0);
      const values = Float64Array.from(used, (d) => weights[d] as number);
      const length = norm(values);
      const [cosines, masses] = [new Float64Array(count), new Float64Array(count)];
      yield* forEachOf(count, 4 * used.length, (j) => {
        let [along, prediction] = [0, bias];
        for (let i = 0; i < used.length; i++) {
          const place = j * width + (used[i] as number);
          along += (values[i] as number) * (rationales[place] as number);
          prediction += (values[i] as number) * (responses[place] as number);
        }
        cosines[j] = along / ((lengths[j] as number) * length);
        masses[j] = exponential(prediction);
      });
      return { cosines, masses };
    },
    *route(nodes) {
      before = ranking;
      ranking = emptyRanking(count);
      for (const [node, view] of nodes) {
        for (let j = 0; j < count; j++) insert(ranking, j, node, view);
        yield 10 * count;
      }
      const places = Int32Array.from({ length: count }, (_, j) => j);
      moved = places.filter((j) =>
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
      for (let i = 0; i < moved.length; i++) {
        const j = moved[i] as number;
        const first = KEPT * j;
        const now = ranking.nodes[first];
        const then = before.nodes[first];
        const cosine = merged.cosines[j] as number;
        // Most negatives are neither at one of the two nor would come to what they become.
        const stays = now !== a && now !== b && then !== a && then !== b;
        if (stays && cosine <= (ranking.cosines[first] as number) && cosine <= (before.cosines[first] as number))
          continue;
        sum += changeAt(ranking, j, a, b, merged) - changeAt(before, j, a, b, merged);
      }
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
