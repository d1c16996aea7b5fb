import { segment } from '../../image/segment.ts';
import type { Input, Model } from '../../network/types.ts';
import { spearman } from '../../numeric/correlation.ts';
import { type NdArray, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import { anything, count, integer, type OptionChecks, object, share } from '../../numeric/options.ts';
import { random, randomSubset } from '../../numeric/random.ts';
import { isPlaced } from '../../scoring/placedInput.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { positionsOf } from '../givenMap.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import type { MetricResult } from '../types.ts';
import { givenSubsets, type SubsetOptions, type Subsets, subsetEffects } from './subsets.ts';

/** What {@link muFidelity} hides. */
export interface MuFidelityOptions extends SubsetOptions {
  /** The number of subsets; 200 by default. */
  readonly samples?: number;
  /** Into how many cells each side of the picture (or volume) is cut; 9 by default. What is no picture has its elements for cells. */
  readonly grid?: number;
  /** The share of the cells that is hidden; 0.2 by default. */
  readonly share?: number;
  /** Subsets to take instead of random ones, `[samples, h, w]`: pixels that are not zero are hidden. */
  readonly subsets?: NdArray<TypedArray>;
}

const checks: OptionChecks<ExplainOptions & MuFidelityOptions> = {
  ...mapChecks,
  baseline: anything,
  samples: count(2),
  grid: integer(1),
  share,
  subsets: object,
};

/**
 * µFidelity: whether random parts of the picture rank alike in relevance and in what the score loses without them.
 *
 * Spearman's correlation over subsets $S$ of the cells of a grid of $\sum_{i \in S} R_i$ and $F(x) - F(x_{S \to x'})$.
 *
 * Source: Bhatt, Weller and Moura 2020, "Evaluating and aggregating feature-based model explanations", §3, with
 * ranks and a grid as in Fel et al. 2021, "Look at the variance!", §4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `samples`, `grid`, `share`, `subsets`, `baseline` (`'zero'`), `seed`,
 * `target`, `scale` (`'logit'` by default).
 * @returns the correlation per example: 1 for the exact contributions to a linear score, −1 for their negatives, NaN
 * where the map or the score is the same throughout.
 * @throws {VitrineError} if the subsets do not fit the input; else as {@link deletion}.
 * @example
 * ```ts
 * import { gradCam, muFidelity } from 'vitrine';
 * const { score } = await muFidelity(model, x, { attribution: await gradCam(model, x), samples: 20 });
 * ```
 */
export function muFidelity(model: Model, x: Input, options: ExplainOptions & MuFidelityOptions): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, options) => {
    const { baseline = 'zero' } = options;
    const subsets = options.subsets
      ? givenSubsets(options.subsets, measurement, ['samples'])
      : drawn(measurement, options);
    const { relevance, losses } = await subsetEffects(measurement, { stage: 'muFidelity', subsets, baseline });
    const score = Float32Array.from(relevance, (sums, i) => spearman(sums, losses[i] as Float64Array));
    return { metric: 'muFidelity', score, higherIsBetter: true };
  });
}

function drawn(
  { changed }: Measurement,
  { samples = 200, grid = 9, share = 0.2, seed = 0 }: ExplainOptions & MuFidelityOptions,
): Subsets {
  const cells = cellsOf(changed, grid);
  const size = Math.min(Math.max(Math.round(share * cells.length), 1), cells.length);
  return {
    of: (example, row) =>
      randomSubset(cells.length, size, random(seed, example, row)).flatMap((cell) => cells[cell] as number[]),
    counts: [samples],
  };
}

/** The positions in each cell. */
function cellsOf(changed: NdArray, grid: number): readonly (readonly number[])[] {
  const positions = sizeOf(positionsOf(changed));
  const labels = isPlaced(changed.shape)
    ? segment(changed, { grid }).data.subarray(0, positions)
    : Int32Array.from({ length: positions }, (_, i) => i);
  const cells: number[][] = [];
  labels.forEach((label, i) => {
    const cell = cells[label] ?? [];
    cell.push(i);
    cells[label] = cell;
  });
  return cells;
}
