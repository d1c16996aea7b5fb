import type { Input, Model } from '../../network/types.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { count, flag, number, type OptionChecks, object, oneOf } from '../../numeric/options.ts';
import { type Random, random } from '../../numeric/random.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { boxRows } from '../../scoring/boxes.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perElement } from '../givenMap.ts';
import { givenPerturbations } from '../givenPerturbations.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import { changedRows } from '../rows.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { lengthsOf } from './patches.ts';

/** What {@link infidelity} subtracts from the input. */
export interface InfidelityOptions extends AttributionOption {
  /** `'noise'` (default): normal noise on all elements; `'square'`: the pixels of a random square (in volumes a cube), which become 0. */
  readonly kind?: 'noise' | 'square';
  /** The number of perturbations of each example; 100 by default. */
  readonly samples?: number;
  /** The standard deviation of the noise as a share of each example's range; 0.15 by default. */
  readonly noise?: number;
  /** Perturbations to take instead, `[samples, n, …]`. */
  readonly perturbations?: NdArray;
  /** Whether the map is first multiplied with the number that fits best, so that only its shape counts; false by default. */
  readonly normalize?: boolean;
}

const checks: OptionChecks<ExplainOptions & InfidelityOptions> = {
  ...mapChecks,
  kind: oneOf(['noise', 'square']),
  samples: count(1),
  noise: number(0),
  perturbations: object,
  normalize: flag,
};

/**
 * Infidelity: how far the map is from telling what a change of the input does to the score.
 *
 * $E_I[(\beta\, I^T R - (F(x) - F(x - I)))^2]$ over perturbations $I$, with $\beta = 1$ or, normalised,
 * $\beta = E[ab] / E[a^2]$ for $a = I^T R$ and $b = F(x) - F(x - I)$. 0 for the gradient of a linear score. The
 * map is read as a rate per unit of the input, as the gradient is one: divide a map of contributions by $x - x'$ first;
 * that of integrated gradients then has, for $I = x - x'$, the square of its completeness gap. A map without channels
 * counts for all channels of a pixel in equal parts.
 *
 * Source: Yeh et al. 2019, "On the (in)fidelity and sensitivity of explanations", Definition 2.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `kind`, `samples`, `noise`, `perturbations`, `normalize`, `seed`, `target`,
 * `scale` (`'logit'` by default).
 * @returns the mean square per example, of which less is better; a map of zeros has $E[b^2]$.
 * @throws {VitrineError} if the perturbations do not fit the input; else as {@link deletion}.
 * @example
 * ```ts
 * import { gradient, infidelity } from 'vitrine';
 * const { score } = await infidelity(model, x, { attribution: await gradient(model, x), samples: 10 });
 * ```
 */
export function infidelity(model: Model, x: Input, options: ExplainOptions & InfidelityOptions): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, options) => {
    const { map, changed, count, score: whole } = measurement;
    const { samples, perturbation } = perturbations(measurement, options);
    const values = examplesOf(perElement(map, changed), count);
    const predicted = values.map(() => new Float64Array(samples));
    const change = (row: Float32Array, example: number, sample: number): void => {
      const difference = perturbation(row, example, sample);
      (predicted[example] as Float64Array)[sample] = dot(difference, values[example] as Float64Array);
      for (let i = 0; i < row.length; i++) row[i]! -= difference[i] as number;
    };
    const scores = await allPerturbedScores(measurement, {
      stage: 'infidelity',
      samples,
      scorer: measurement.scorer,
      rows: changedRows(measurement, change),
    });
    const score = whole.map((value, i) => {
      const lost = Float64Array.from(scores.data.subarray(i * samples, (i + 1) * samples), (other) => value - other);
      return meanSquare(predicted[i] as Float64Array, lost, options.normalize ?? false);
    });
    return { metric: 'infidelity', score, higherIsBetter: false };
  });
}

function meanSquare(predicted: Float64Array, lost: Float64Array, normalize: boolean): number {
  const squares = dot(predicted, predicted);
  const beta = normalize && squares > 0 ? dot(predicted, lost) / squares : 1;
  return predicted.reduce((sum, value, i) => sum + (beta * value - (lost[i] as number)) ** 2, 0) / predicted.length;
}

/** Makes I of the values of an example. */
type Draw = (values: Float32Array, example: number, sample: number) => ArrayLike<number>;

function perturbations(
  { changed }: Measurement,
  { perturbations, kind = 'noise', samples = 100, noise = 0.15, seed = 0 }: ExplainOptions & InfidelityOptions,
): { samples: number; perturbation: Draw } {
  if (perturbations) return givenPerturbations('perturbations', perturbations, changed);
  const draw = kind === 'noise' ? noisy(noise) : square(changed);
  return { samples, perturbation: (values, example, sample) => draw(values, random(seed, example, sample)) };
}

function noisy(noise: number): (values: Float32Array, random: Random) => Float32Array {
  return (values, { normal }) => {
    const { low, high } = rangeOf(values);
    return values.map(() => noise * (high - low) * normal());
  };
}

/** x inside a square, in volumes a cube, with a side from one pixel to the shortest side of the picture, zero outside. */
function square(changed: NdArray): (values: Float32Array, random: Random) => Float32Array {
  const lengths = lengthsOf(changed);
  const channels = changed.shape.at(-1) as number;
  return (values, { integer }) => {
    const side = 1 + integer(Math.min(...lengths));
    const box = lengths.map((length) => {
      const start = integer(length - side + 1);
      return [start, start + side] as const;
    });
    const inside = new Float32Array(values.length);
    for (const { from, to } of boxRows(box, lengths)) {
      inside.set(values.subarray(from * channels, to * channels), from * channels);
    }
    return inside;
  };
}
