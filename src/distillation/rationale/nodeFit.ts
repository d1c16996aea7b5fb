import type { Sliced } from '../../numeric/sliced.ts';
import { boxLasso, type CentredRows } from './boxLasso.ts';
import type { Samples } from './samples.ts';

/**
 * How the filters of a node are chosen: `'lasso'` by a lasso with coefficients in [0, 1] of which those of at least
 * one half count, `'all'` takes all of them, `'exhaustive'` tries all subsets, of up to 16 filters.
 */
export type FilterSelection = 'lasso' | 'all' | 'exhaustive';

/** The linear model of a node. */
export interface NodeFit {
  /** $w = \alpha \circ \bar g$. */
  readonly weights: Float64Array;
  /** α. */
  readonly selected: Uint8Array;
  readonly bias: number;
}

/** Fits the node of some images whose rationales sum up to `total`; none where these cancel out. */
export type FitNode = (members: readonly number[], total: Float64Array) => Sliced<NodeFit | undefined>;

/** The penalty of a filter per root of the number of images (R1; there is no other source). */
const PENALTY = 1e-6;

/** Fits nodes, Eq. (5)–(7): the mean direction of the rationales, the filters that matter, the mean as intercept. */
export function nodeFitter(samples: Samples, selection: FilterSelection): FitNode {
  const { width } = samples;
  return function* (members, total) {
    const length = Math.sqrt(total.reduce((sum, value) => sum + value * value, 0));
    // Cancelled but for rounding: no direction is meant.
    if (!(length > 1e-12 * members.length)) return undefined;
    const direction = total.map((value) => value / length);
    const selected = yield* select(samples, { members, direction, selection });
    const weights = direction.map((value, d) => (selected[d] === 1 ? value : 0));
    return { weights, selected, bias: interceptOf(samples, members, weights) };
  };

  function interceptOf({ responses, outputs }: Samples, members: readonly number[], weights: Float64Array): number {
    let rest = 0;
    for (const image of members) {
      rest += outputs[image] as number;
      for (let d = 0; d < width; d++) rest -= (weights[d] as number) * (responses[image * width + d] as number);
    }
    return rest / members.length;
  }
}

interface Selecting {
  readonly members: readonly number[];
  readonly direction: Float64Array;
  readonly selection: FilterSelection;
}

function* select(samples: Samples, { members, direction, selection }: Selecting): Sliced<Uint8Array> {
  const selected = new Uint8Array(direction.length);
  if (selection === 'all') return selected.fill(1);
  const rows = centredRows(samples, members, direction);
  const penalty = PENALTY * Math.sqrt(members.length);
  if (selection === 'exhaustive') {
    const usable = Array.from(direction.keys()).filter((d) => direction[d] !== 0);
    for (const d of yield* bestSubset(rows, penalty, usable)) selected[d] = 1;
    return selected;
  }
  const coefficients = yield* boxLasso(rows, penalty);
  let [best, any] = [0, false];
  coefficients.forEach((value, d) => {
    if (value > (coefficients[best] as number)) best = d;
    if (value < 0.5) return;
    selected[d] = 1;
    any = true;
  });
  // Without a filter the node had no direction, and no image could find it.
  if (!any) selected[coefficients[best] === 0 ? largest(direction) : best] = 1;
  return selected;
}

/** $z_i = \bar g \circ x_i$ and y without their means: the intercept takes those. */
function centredRows(
  { responses, outputs, width }: Samples,
  members: readonly number[],
  direction: Float64Array,
): CentredRows {
  const count = members.length;
  const features = new Float64Array(width * count);
  for (let d = 0; d < width; d++) {
    const slope = direction[d] as number;
    if (slope === 0) continue;
    let mean = 0;
    for (let i = 0; i < count; i++) mean += responses[(members[i] as number) * width + d] as number;
    mean /= count;
    for (let i = 0; i < count; i++) {
      features[d * count + i] = slope * ((responses[(members[i] as number) * width + d] as number) - mean);
    }
  }
  const mean = members.reduce((sum, image) => sum + (outputs[image] as number), 0) / count;
  return { features, outputs: Float64Array.from(members, (image) => (outputs[image] as number) - mean) };
}

function largest(values: Float64Array): number {
  let best = 0;
  values.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(values[best] as number)) best = i;
  });
  return best;
}

/** Of how many features all subsets are tried between two yields. */
const BLOCK = 6;

/**
 * The subset α ∈ {0, 1}^d of at least one feature that minimises
 * $\frac1m \sum_i (\alpha^T z_i - y_i)^2 + \lambda \sum_d \alpha_d$, by trying all of them; of equals the one that leaves
 * out the first feature on which they differ.
 *
 * @param usable the features that may be chosen.
 */
function* bestSubset({ features, outputs }: CentredRows, penalty: number, usable: readonly number[]): Sliced<number[]> {
  const count = outputs.length;
  let least = Number.POSITIVE_INFINITY;
  let best: number[] = [];
  const chosen: number[] = [];
  const visit = function* (next: number, rest: Float64Array): Sliced<void> {
    if (usable.length - next === BLOCK) yield 2 ** BLOCK * (10 + 2 * count);
    if (next === usable.length) {
      const loss = rest.reduce((sum, value) => sum + value * value, 0) / count + penalty * chosen.length;
      if (chosen.length === 0 || loss >= least) return;
      least = loss;
      best = [...chosen];
      return;
    }
    yield* visit(next + 1, rest);
    const feature = usable[next] as number;
    chosen.push(feature);
    yield* visit(
      next + 1,
      rest.map((value, i) => value - (features[feature * count + i] as number)),
    );
    chosen.pop();
  };
  yield* visit(0, outputs);
  return best;
}
