import type { Input, Model } from '../../network/types.ts';
import { anything, integer, number, type OptionChecks } from '../../numeric/options.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { mapChecks, measure } from '../measure.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { positionsPerStep } from './curves.ts';
import { removalScores } from './removal.ts';
import { stepsByValue } from './steps.ts';

/** What {@link monotonicity} inserts. */
export interface MonotonicityOptions extends AttributionOption {
  /** What a pixel looks like before it comes; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** How many pixels come in a step; by default as many as the picture is wide. */
  readonly perStep?: number;
  /** How far the score may fall in a step, which leaves room for rounding; 1e-6 by default. */
  readonly tolerance?: number;
}

const checks: OptionChecks<ExplainOptions & MonotonicityOptions> = {
  ...mapChecks,
  baseline: anything,
  perStep: integer(1),
  tolerance: number(0),
};

/**
 * Monotonicity: whether the score never falls as pixels come in order of increasing relevance.
 *
 * 1 where $F_0 \le F_1 \le \dots \le F_S$, with $F_0$ the score of the baseline, else 0.
 *
 * Source: Arya et al. 2019, "One explanation does not fit all", §5.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `baseline`, `perStep`, `tolerance`, `target`, `scale` (`'probability'` by
 * default; an output that holds none is measured as it is).
 * @returns 1 or 0 per example, NaN for a map that is the same everywhere; `curve` `[n, S + 1]` has the scores.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { gradientTimesInput, monotonicity } from 'vitrine';
 * const { score, curve } = await monotonicity(model, x, { attribution: await gradientTimesInput(model, x) });
 * ```
 */
export async function monotonicity(
  model: Model,
  x: Input,
  options: ExplainOptions & MonotonicityOptions,
): Promise<MetricResult> {
  return measure(
    model,
    x,
    options,
    { checks, scale: 'probability' },
    async (measurement, { baseline = 'zero', perStep: wanted, tolerance = 1e-6 }) => {
      const { map, changed, count } = measurement;
      const perStep = positionsPerStep(measurement, wanted);
      const steps = examplesOf(perPosition(map, changed), count).map((values) =>
        stepsByValue(values, { order: 'lerf', perStep }),
      );
      const curve = await removalScores(measurement, { stage: 'monotonicity', steps, rows: 'show', baseline });
      const length = curve.shape[1] as number;
      const score = Float32Array.from(steps, ({ ordered }, i) => {
        const points = curve.data.subarray(i * length, (i + 1) * length);
        const falls = points.some((value, k) => k > 0 && value < (points[k - 1] as number) - tolerance);
        return ordered && !points.includes(Number.NaN) ? Number(!falls) : Number.NaN;
      });
      return { metric: 'monotonicity', score, curve, higherIsBetter: true };
    },
  );
}
