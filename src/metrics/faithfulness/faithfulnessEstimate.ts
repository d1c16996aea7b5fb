import type { Input, Model } from '../../network/types.ts';
import { pearson } from '../../numeric/correlation.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, integer, type OptionChecks } from '../../numeric/options.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { mapChecks, measure } from '../measure.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { positionsPerStep } from './curves.ts';
import { removalScores } from './removal.ts';
import { stepsByValue, sumPerStep } from './steps.ts';

/** What {@link faithfulnessEstimate} removes. */
export interface FaithfulnessEstimateOptions extends AttributionOption {
  /** What a removed pixel looks like; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** How many pixels go at a time; by default as many as the picture is wide, 1 for what is no picture. */
  readonly perStep?: number;
}

const checks: OptionChecks<ExplainOptions & FaithfulnessEstimateOptions> = {
  ...mapChecks,
  baseline: anything,
  perStep: integer(1),
};

/**
 * Faithfulness estimate: how well the relevance of a few pixels agrees with what the score loses without them.
 *
 * Pearson's correlation over $k$ of $\sum_{i \in S_k} R_i$ and $F(x) - F(x_{S_k \to x'})$, where $S_1, S_2, \dots$ are
 * the pixels in order of relevance, a few at a time, and only one of them goes in each row.
 *
 * Source: Alvarez-Melis and Jaakkola 2018, "Towards robust interpretability with self-explaining neural networks", §5.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `baseline`, `perStep`, `target`, `scale` (`'logit'` by default).
 * @returns the correlation per example, NaN where the map or the score is the same throughout; `curve` `[n, steps]`
 * has what each step loses.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { faithfulnessEstimate, gradientTimesInput } from 'vitrine';
 * const { score } = await faithfulnessEstimate(model, x, { attribution: await gradientTimesInput(model, x) });
 * ```
 */
export function faithfulnessEstimate(
  model: Model,
  x: Input,
  options: ExplainOptions & FaithfulnessEstimateOptions,
): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, options) => {
    const { baseline = 'zero' } = options;
    const { map, changed, count, score: whole } = measurement;
    const perStep = positionsPerStep(measurement, options.perStep);
    const examples = examplesOf(perPosition(map, changed), count);
    const steps = examples.map((values) => stepsByValue(values, { order: 'morf', perStep }));
    const stage = 'faithfulnessEstimate';
    const { shape, data } = await removalScores(measurement, { stage, steps, rows: 'hideAlone', baseline });
    const length = shape[1] as number;
    const curve: NdArray = { shape, data: data.map((value, i) => (whole[Math.floor(i / length)] as number) - value) };
    const score = Float32Array.from(steps, (own, i) =>
      pearson(sumPerStep(examples[i] as Float64Array, own), curve.data.subarray(i * length, (i + 1) * length)),
    );
    return { metric: stage, score, curve, higherIsBetter: true };
  });
}
