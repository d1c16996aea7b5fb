import type { Input, Model } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { anything, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { hiddenInput } from '../../scoring/baselines.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { mapChecks, measure } from '../measure.ts';
import { maskedRows } from '../rows.ts';
import type { AttributionOption, MetricResult } from '../types.ts';

/** What {@link averageDrop} reports. */
export interface AverageDropOptions extends AttributionOption {
  /** `'drop'` (default), `'gain'`, or `'increase'`: whether there is a gain. */
  readonly kind?: 'drop' | 'gain' | 'increase';
  /** What the picture fades to where the map is low; `'zero'` by default. */
  readonly baseline?: Baseline;
}

const checks: OptionChecks<ExplainOptions & AverageDropOptions> = {
  ...mapChecks,
  kind: oneOf(['drop', 'gain', 'increase']),
  baseline: anything,
};

/**
 * Average drop, average gain and increase in confidence: the probability of the picture seen through its own map.
 *
 * With $p = F(x)$ and $q = F(x' + m \odot (x - x'))$, where the mask $m$ is the magnitude of the map scaled to
 * $[0, 1]$ per example: drop $[p - q]_+ / |p|$, gain $[q - p]_+ / (1 - p)$, increase $1[q > p]$. Only probabilities have a
 * gain.
 *
 * Source: Chattopadhay et al. 2018, "Grad-CAM++", §4.1 (drop and increase); Zhang et al. 2024, "Opti-CAM: optimizing
 * saliency maps for interpretability" (gain).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `kind`, `baseline`, `target`, `scale` (`'probability'` by default; an
 * output that holds none is measured as it is).
 * @returns the share per example, NaN for a map whose magnitude is the same everywhere, for the drop also where
 * $p = 0$, for the gain where $p = 1$. Less drop is better, more gain and increase are.
 * @throws {VitrineError} if the gain is asked for of scores that are not in 0…1; else as {@link deletion}.
 * @example
 * ```ts
 * import { averageDrop, gradCam } from 'vitrine';
 * const attribution = await gradCam(model, x);
 * const drop = await averageDrop(model, x, { attribution });
 * const increase = await averageDrop(model, x, { attribution, kind: 'increase' });
 * ```
 */
export async function averageDrop(
  model: Model,
  x: Input,
  options: ExplainOptions & AverageDropOptions,
): Promise<MetricResult> {
  return measure(
    model,
    x,
    options,
    { checks, scale: 'probability' },
    async (measurement, { kind = 'drop', baseline = 'zero' }) => {
      const { map, changed, count, score: whole, scorer } = measurement;
      if (kind === 'gain') assertProbabilities(whole);
      const masks = examplesOf(perPosition(map, changed).map(Math.abs), count).map(scaledToOne);
      const hidden = await hiddenInput(measurement, measurement.index, baseline);
      const fill = (mask: Float32Array, example: number): void => mask.set(masks[example] as Float64Array);
      const rows = maskedRows(measurement, { hidden, fill });
      const seen = await allPerturbedScores(measurement, { stage: 'averageDrop', samples: 1, scorer, rows });
      const score = whole.map((value, i) => compare[kind](value, seen.data[i] as number));
      masks.forEach((mask, i) => {
        if (mask.some(Number.isNaN)) score[i] = Number.NaN;
      });
      return { metric: names[kind], score, higherIsBetter: kind !== 'drop' };
    },
  );
}

const names = { drop: 'averageDrop', gain: 'averageGain', increase: 'increaseInConfidence' } as const;

const compare: Readonly<Record<keyof typeof names, (before: number, seen: number) => number>> = {
  drop: (before, seen) => Math.max(before - seen, 0) / Math.abs(before),
  gain: (before, seen) => Math.max(seen - before, 0) / (1 - before),
  increase: (before, seen) => Number(seen > before),
};

/** What is left to gain is known of probabilities alone. */
function assertProbabilities(scores: Float32Array): void {
  const other = scores.find((score) => score < 0 || score > 1);
  if (other === undefined) return;
  throw new VitrineError(
    'bad-argument',
    `"kind" expected 'drop' or 'increase' for scores that are no probabilities, got "gain" of ${other}`,
  );
}

/** NaN where all values are the same. */
function scaledToOne(values: Float64Array): Float64Array {
  const { low, high } = rangeOf(values);
  return values.map((value) => (value - low) / (high - low));
}
