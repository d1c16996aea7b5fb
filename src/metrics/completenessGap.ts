import { assertArray, assertList, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions, kind, type OptionChecks } from '../numeric/options.ts';
import { completenessGap as gapOf } from '../scoring/completenessError.ts';
import type { Attribution } from '../scoring/types.ts';
import { isAttribution, isNumberList } from './givenMap.ts';
import type { MetricResult } from './types.ts';

/** Options of {@link completenessGap}. */
export interface CompletenessOptions {
  /** The score of the baseline per example, or one for all; needed where the attribution has no `delta`. */
  readonly origin?: number | ArrayLike<number>;
}

/**
 * Completeness gap: how far the sum of a map is from the score it should add up to.
 *
 * $|\delta| / |F(x) - F(x')|$ with $\delta = \sum R - (F(x) - F(x'))$, which a method that promises completeness
 * reports as `delta`; for any other map the score of the baseline is given.
 *
 * Source: Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", §3, Proposition 1.
 *
 * @param attribution with all its maps, not resized or rectified.
 * @param options `origin`.
 * @returns the relative gap per example, of which less is better; NaN where the score is that of the baseline.
 * @throws {VitrineError} if the attribution has no `delta` and no `origin` is given, or not one per example.
 * @example
 * ```ts
 * import { completenessGap, integratedGradients } from 'vitrine';
 * const { score } = completenessGap(await integratedGradients(model, x, { steps: 20 }));
 * ```
 */
export function completenessGap(attribution: Attribution, options: CompletenessOptions = {}): MetricResult {
  assertOptions(options, checks);
  assertAttribution('attribution', attribution);
  const { origin } = options;
  const { values, inputs = [values], score } = attribution;
  const origins = origin === undefined ? undefined : originsOf(origin, score.length);
  const delta = origins ? gapOf(inputs, score, origins) : attribution.delta;
  if (!delta)
    throw new VitrineError(
      'bad-argument',
      '"origin" expected the score of the baseline, as the attribution has no "delta"',
    );
  const sums = gapOf(inputs, new Float32Array(score.length), new Float32Array(score.length));
  const gaps = delta.map((gap, i) => {
    const gain = origins ? (score[i] as number) - (origins[i] as number) : (sums[i] as number) - gap;
    return gain === 0 ? Number.NaN : Math.abs(gap / gain);
  });
  return { metric: 'completenessGap', score: gaps, higherIsBetter: false };
}

/** Refuses what no method returns. */
function assertAttribution(argument: string, value: Attribution): void {
  if (!isAttribution(value) || !(value.score instanceof Float32Array)) {
    throw new VitrineError('bad-argument', `"${argument}" expected an attribution, got ${describe(value)}`);
  }
  const maps: unknown = value.inputs ?? [value.values];
  assertList(argument, maps);
  for (const map of maps) assertArray(argument, map as NdArray, [1, 2, 3, 4, 5, 6]);
}

function originsOf(origin: number | ArrayLike<number>, count: number): Float32Array {
  if (typeof origin === 'number') return new Float32Array(count).fill(origin);
  if (origin.length === count) return Float32Array.from(origin);
  throw new VitrineError(
    'bad-argument',
    `"origin" expected one score for each of ${count} example(s), got ${origin.length}`,
  );
}

const checks: OptionChecks<CompletenessOptions> = {
  origin: kind(
    'a finite number or one for each example',
    (value) => Number.isFinite(value) || (isNumberList(value) && Array.from(value).every(Number.isFinite)),
  ),
};
