import type { Input, Model } from '../../network/types.ts';
import { isConstant, spearman } from '../../numeric/correlation.ts';
import { count, integer, type OptionChecks } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import { changedRows } from '../rows.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { positionsPerStep } from './curves.ts';
import { type Steps, stepsByValue, sumPerStep } from './steps.ts';

/** What {@link monotonicityCorrelation} draws. */
export interface MonotonicityCorrelationOptions extends AttributionOption {
  /** How many pixels are replaced at a time; by default as many as the picture is wide, 1 for what is no picture. */
  readonly perStep?: number;
  /** The draws for each of these groups; 100 by default. */
  readonly samples?: number;
}

const checks: OptionChecks<ExplainOptions & MonotonicityCorrelationOptions> = {
  ...mapChecks,
  perStep: integer(1),
  samples: count(1),
};

/**
 * Monotonicity correlation: whether the more relevant pixels are those whose values the score depends on more.
 *
 * Spearman's correlation over $k$ of $|\sum_{i \in S_k} R_i|$ and $E[(F(x) - F(x_{S_k \to u}))^2] / F(x)^2$, where
 * $S_1, S_2, \dots$ are the pixels in order of relevance, a few at a time, and $u$ is uniform over the example's range.
 * The magnitude is part of the definition: the effect has no sign.
 *
 * Source: Nguyen and Martínez 2020, "On quantitative aspects of model interpretability", §3.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `perStep`, `samples`, `seed`, `target`, `scale` (`'logit'` by default).
 * @returns the correlation per example, NaN where the map or the effect is the same throughout; `curve` `[n, steps]`
 * has the effects.
 * @throws {VitrineError} if `samples` < 1; else as {@link deletion}.
 * @example
 * ```ts
 * import { gradientTimesInput, monotonicityCorrelation } from 'vitrine';
 * const attribution = await gradientTimesInput(model, x);
 * const { score } = await monotonicityCorrelation(model, x, { attribution, samples: 5 });
 * ```
 */
export async function monotonicityCorrelation(
  model: Model,
  x: Input,
  options: ExplainOptions & MonotonicityCorrelationOptions,
): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, { perStep: wanted, samples = 100, seed = 0 }) => {
    const { map, changed, count, score: whole } = measurement;
    const perStep = positionsPerStep(measurement, wanted);
    const examples = examplesOf(perPosition(map, changed), count);
    const steps = examples.map((values) => stepsByValue(values, { order: 'morf', perStep }));
    const length = steps[0]?.count as number;
    const scores = await allPerturbedScores(measurement, {
      stage: 'monotonicityCorrelation',
      samples: length * samples,
      scorer: measurement.scorer,
      rows: changedRows(measurement, noisySteps(measurement, { steps, samples, seed })),
    });
    const effects = new Float64Array(count * length);
    scores.data.forEach((value, i) => {
      const score = whole[Math.floor(i / (length * samples))] as number;
      effects[Math.floor(i / samples)]! += (score - value) ** 2 / (score ** 2 * samples);
    });
    const curve = { shape: [count, length], data: Float32Array.from(effects) };
    const score = Float32Array.from(examples, (values, i) => {
      const relevance = sumPerStep(values, steps[i] as Steps).map(Math.abs);
      const effect = curve.data.subarray(i * length, (i + 1) * length);
      return isConstant(values) ? Number.NaN : spearman(relevance, effect);
    });
    return { metric: 'monotonicityCorrelation', score, curve, higherIsBetter: true };
  });
}

/** Replaces the pixels of one step by noise: row k · samples + s has sample s of step k. */
function noisySteps(
  { changed, count }: Measurement,
  { steps, samples, seed }: { steps: readonly Steps[]; samples: number; seed: number },
): (values: Float32Array, example: number, row: number) => void {
  const size = changed.data.length / count;
  return (values, example, row) => {
    const { low, high } = rangeOf(changed.data.subarray(example * size, (example + 1) * size));
    const [step, sample] = [Math.floor(row / samples), row % samples];
    const { uniform } = random(seed, example, step, sample);
    const { of } = steps[example] as Steps;
    const channels = size / of.length;
    for (let i = 0; i < size; i++) {
      if (of[Math.floor(i / channels)] === step) values[i] = low + (high - low) * uniform();
    }
  };
}
