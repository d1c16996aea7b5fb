import type { Input, Model } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { pearson } from '../../numeric/correlation.ts';
import { type NdArray, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import { anything, count, integer, type OptionChecks, object } from '../../numeric/options.ts';
import { random, randomSubset } from '../../numeric/random.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { positionsOf } from '../givenMap.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import type { MetricResult } from '../types.ts';
import { givenSubsets, type SubsetOptions, type Subsets, subsetEffects } from './subsets.ts';

/** What {@link faithfulnessCorrelation} hides. */
export interface FaithfulnessCorrelationOptions extends SubsetOptions {
  /** The number of subsets; 100 by default. */
  readonly samples?: number;
  /** The number of pixels in a subset; by default as many as the picture is wide, half of all where that is more. */
  readonly subsetSize?: number;
  /** Subsets to take instead of random ones, `[samples, h, w]`: pixels that are not zero are hidden. */
  readonly subsets?: NdArray<TypedArray>;
}

const checks: OptionChecks<ExplainOptions & FaithfulnessCorrelationOptions> = {
  ...mapChecks,
  baseline: anything,
  samples: count(2),
  subsetSize: integer(1),
  subsets: object,
};

/**
 * Faithfulness correlation: how well the relevance of random subsets agrees with what the score loses without them.
 *
 * Pearson's correlation over subsets $S$ of one size of $\sum_{i \in S} R_i$ and $F(x) - F(x_{S \to x'})$.
 *
 * Source: Bhatt, Weller and Moura 2020, "Evaluating and aggregating feature-based model explanations", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `samples`, `subsetSize`, `subsets`, `baseline` (`'zero'`), `seed`, `target`,
 * `scale` (`'logit'` by default).
 * @returns the correlation per example: 1 for the exact contributions to a linear score, NaN where the map or the score
 * is the same throughout.
 * @throws {VitrineError} if the subsets do not fit the input; else as {@link deletion}.
 * @example
 * ```ts
 * import { faithfulnessCorrelation, integratedGradients } from 'vitrine';
 * const attribution = await integratedGradients(model, x, { steps: 10 });
 * const { score } = await faithfulnessCorrelation(model, x, { attribution, samples: 20 });
 * ```
 */
export function faithfulnessCorrelation(
  model: Model,
  x: Input,
  options: ExplainOptions & FaithfulnessCorrelationOptions,
): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, options) => {
    const { baseline = 'zero' } = options;
    const subsets = options.subsets
      ? givenSubsets(options.subsets, measurement, ['samples'])
      : drawn(measurement, options);
    const stage = 'faithfulnessCorrelation';
    const { relevance, losses } = await subsetEffects(measurement, { stage, subsets, baseline });
    const score = Float32Array.from(relevance, (sums, i) => pearson(sums, losses[i] as Float64Array));
    return { metric: stage, score, higherIsBetter: true };
  });
}

function drawn(
  { changed }: Measurement,
  { samples = 100, subsetSize, seed = 0 }: ExplainOptions & FaithfulnessCorrelationOptions,
): Subsets {
  const positions = positionsOf(changed);
  const all = sizeOf(positions);
  const size = subsetSize ?? Math.max(1, Math.min(positions.at(-1) as number, Math.floor(all / 2)));
  assertInteger('subsetSize', size, [1, all]);
  return { of: (example, row) => randomSubset(all, size, random(seed, example, row)), counts: [samples] };
}
