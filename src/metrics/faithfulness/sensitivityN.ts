import type { Input, Model } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { pearson } from '../../numeric/correlation.ts';
import { type NdArray, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import { anything, count, integer, listOf, type OptionChecks, object } from '../../numeric/options.ts';
import { random, randomSubset } from '../../numeric/random.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { positionsOf } from '../givenMap.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import type { MetricResult } from '../types.ts';
import { givenSubsets, type SubsetOptions, type Subsets, subsetEffects } from './subsets.ts';

/** What {@link sensitivityN} hides. */
export interface SensitivityNOptions extends SubsetOptions {
  /** The number of subsets of each size; 100 by default. */
  readonly samples?: number;
  /** The numbers of pixels hidden; by default ten from 1 to 80% of all, evenly on a logarithmic scale. */
  readonly sizes?: readonly number[];
  /** Subsets to take instead of random ones, `[sizes, samples, h, w]`: pixels that are not zero are hidden. */
  readonly subsets?: NdArray<TypedArray>;
}

const checks: OptionChecks<ExplainOptions & SensitivityNOptions> = {
  ...mapChecks,
  baseline: anything,
  samples: count(2),
  sizes: listOf(integer(1)),
  subsets: object,
};

/**
 * Sensitivity-n: how well the relevance of random subsets of n pixels agrees with what the score loses without them.
 *
 * For each n, Pearson's correlation over subsets $S$ of n pixels of $\sum_{i \in S} R_i$ and
 * $F(x) - F(x_{S \to x'})$. Of all pixels together a complete map has it for nothing; a linear score's exact
 * contributions have it for every n.
 *
 * Source: Ancona et al. 2018, "Towards better understanding of gradient-based attribution methods for deep neural
 * networks", §4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `sizes`, `samples`, `subsets`, `baseline` (`'zero'`), `seed`, `target`,
 * `scale` (`'logit'` by default).
 * @returns the mean correlation per example, NaN where the map or the score is the same throughout; `curve`
 * `[n, sizes]` has that of each size.
 * @throws {VitrineError} if the subsets do not fit the input; else as {@link deletion}.
 * @example
 * ```ts
 * import { integratedGradients, sensitivityN } from 'vitrine';
 * const attribution = await integratedGradients(model, x, { steps: 10 });
 * const { curve } = await sensitivityN(model, x, { attribution, sizes: [4, 32], samples: 10 });
 * ```
 */
export function sensitivityN(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityNOptions,
): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, options) => {
    const { baseline = 'zero' } = options;
    const subsets = options.subsets
      ? givenSubsets(options.subsets, measurement, ['sizes', 'samples'])
      : drawn(measurement, options);
    const [sizes, samples] = subsets.counts as readonly [number, number];
    const { relevance, losses } = await subsetEffects(measurement, { stage: 'sensitivityN', subsets, baseline });
    const data = relevance.flatMap((sums, i) =>
      Array.from({ length: sizes }, (_, k) => {
        const [start, end] = [k * samples, (k + 1) * samples];
        return pearson(sums.subarray(start, end), (losses[i] as Float64Array).subarray(start, end));
      }),
    );
    const score = Float32Array.from(relevance, (_, i) => meanOf(data.slice(i * sizes, (i + 1) * sizes)));
    const curve = { shape: [relevance.length, sizes], data: Float32Array.from(data) };
    return { metric: 'sensitivityN', score, curve, higherIsBetter: true };
  });
}

function drawn(
  { changed }: Measurement,
  { samples = 100, sizes, seed = 0 }: ExplainOptions & SensitivityNOptions,
): Subsets {
  const all = sizeOf(positionsOf(changed));
  const used = sizes ?? defaultSizes(all);
  used.forEach((size, i) => assertInteger(`sizes[${i}]`, size, [1, all]));
  return {
    of: (example, row) => {
      const [index, sample] = [Math.floor(row / samples), row % samples];
      return randomSubset(all, used[index] as number, random(seed, example, index, sample));
    },
    counts: [used.length, samples],
  };
}

function defaultSizes(all: number): readonly number[] {
  const largest = Math.max(0.8 * all, 1);
  const sizes = Array.from({ length: 10 }, (_, i) => Math.round(largest ** (i / 9)));
  return [...new Set(sizes)];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
