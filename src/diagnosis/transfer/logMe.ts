import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { featureSpectrum } from '../../numeric/linear/featureSpectrum.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions, count, number } from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { assertCountOf, assertTable, labelsOf, type PerExample } from '../classified.ts';
import type { FeatureOptions } from '../spaces/featureOptions.ts';

/** Options of {@link logMe}. */
export interface LogMeOptions extends FeatureOptions {
  /** The relative change of λ = α/β below which it is settled; 1e-3 by default. */
  readonly tolerance?: number;
  /** The most steps of the fixed-point iteration; 11 by default. */
  readonly steps?: number;
}

/**
 * LogME: how likely the classes of a task are under a Bayesian linear model of a network's features, in nats an example,
 * at the best precisions α of the weights and β of the noise.
 *
 * $$ \mathrm{LogME} = \max_{\alpha, \beta} \frac1n \log p(t \mid F, \alpha, \beta), \quad
 *    t_i = w^T f_i + \varepsilon_i, \quad w \sim N(0, \alpha^{-1} I), \quad \varepsilon_i \sim N(0, \beta^{-1}) $$
 *
 * The mean over the classes that occur, each as 1 for its examples and 0 for all others. Greater is better, for networks on
 * the same examples. Where there are fewer examples than features the published code leaves out d − n terms ½ log α of the
 * determinant; they are counted here. Features that are 0 throughout leave the likelihood of noise alone.
 *
 * Source: You et al. 2021, "LogME: practical assessment of pre-trained models for transfer learning", Eq. (2)–(3); the
 * fixed-point iteration of You et al. 2022, "Ranking and tuning pre-trained models", Algorithm 3.
 *
 * @param features of the examples, not centred, `[n, d]`.
 * @param labels the class of each example, `[n]`, or numbers that are to be predicted, `[n, k]`.
 * @param options `tolerance`, `steps`, `signal`. The cost is of the order min(n, d)³ + n d min(n, d), done in slices.
 * @returns the score.
 * @throws {VitrineError} if numbers are not finite, or there are not as many labels as rows.
 * @example
 * ```ts
 * import { logMe } from 'vitrine/diagnosis';
 * const features = { shape: [4, 2], data: Float32Array.of(1, 0, 0.9, 0.1, 0, 1, 0.2, 0.8) };
 * console.log(await logMe(features, [0, 0, 1, 1]));
 * ```
 */
export async function logMe(
  features: NdArray<TypedArray>,
  labels: PerExample,
  options: LogMeOptions = {},
): Promise<number> {
  assertOptions(options, { tolerance: number(0), steps: count(1), signal: abortSignal });
  assertTable('features', features);
  const targets = targetsOf(labels, features.shape[0] as number);
  const [own, settings] = await owned(features, options);
  return inSlices(meanEvidence(own, targets, settings), settings);
}

/** One vector for each class that occurs, or for each column. */
function targetsOf(labels: PerExample, count: number): readonly Float64Array[] {
  if (isTable(labels)) {
    assertArray('labels', labels, [2]);
    assertFiniteArray('labels', labels);
    assertCountOf('labels', labels.shape[0] as number, count);
    const width = labels.shape[1] as number;
    return Array.from({ length: width }, (_, k) =>
      Float64Array.from({ length: count }, (_none, i) => labels.data[i * width + k] as number),
    );
  }
  const classes = labelsOf('labels', labels, count);
  return [...new Set(classes)].map((one) => Float64Array.from(classes, (label) => Number(label === one)));
}

function isTable(labels: PerExample): labels is NdArray<TypedArray> {
  return typeof labels === 'object' && labels !== null && 'shape' in labels && labels.shape?.length > 1;
}

function* meanEvidence(
  { shape, data }: NdArray<TypedArray>,
  targets: readonly Float64Array[],
  options: LogMeOptions,
): Sliced<number> {
  const [rows, columns] = shape as readonly [number, number];
  const { squares, energies } = yield* featureSpectrum({ rows, columns, values: data }, targets);
  const sum = targets.reduce((total, target, k) => {
    const energy = energies[k] as Float64Array;
    const beyond = Math.max(0, dot(target, target) - energy.reduce((part, value) => part + value, 0));
    return total + evidence({ squares, energy, beyond, count: rows }, options);
  }, 0);
  return sum / targets.length;
}

/** What the evidence of one target depends on. */
interface Seen {
  /** σ² */
  readonly squares: Float64Array;
  /** The target along each singular vector, squared. */
  readonly energy: Float64Array;
  /** Its squared length beside all of them. */
  readonly beyond: number;
  readonly count: number;
}

/** Keeps quotients finite, as in the published code. */
const LEAST = 1e-5;

function evidence(seen: Seen, { tolerance = 1e-3, steps = 11 }: LogMeOptions): number {
  let lambda = 1;
  for (let step = 1; ; step++) {
    const found = settledAt(seen, lambda);
    const next = found.alpha / found.beta;
    if (step === steps || Math.abs(next - lambda) <= tolerance * lambda) return logEvidence(seen, found);
    lambda = next;
  }
}

/** The precisions at which the evidence is stationary, were λ = α / β what it is; |m|² and |t − F m|² at λ. */
interface Settled {
  readonly alpha: number;
  readonly beta: number;
  readonly weights: number;
  readonly residual: number;
}

function settledAt({ squares, energy, beyond, count }: Seen, lambda: number): Settled {
  let [degrees, weights, residual] = [0, 0, beyond];
  squares.forEach((square, k) => {
    const own = energy[k] as number;
    degrees += square / (square + lambda);
    weights += (square * own) / (lambda + square) ** 2;
    residual += own / (1 + square / lambda) ** 2;
  });
  const beta = (count - degrees) / (residual + LEAST);
  // Without any feature the weights keep their prior, whichever it is.
  return { alpha: squares.length > 0 ? degrees / (weights + LEAST) : beta, beta, weights, residual };
}

/** Of d features those without a singular value add ½ log α − ½ log α = 0. */
function logEvidence({ squares, count }: Seen, { alpha, beta, weights, residual }: Settled): number {
  const determinant = squares.reduce((sum, square) => sum + Math.log(alpha + beta * square), 0);
  const log = squares.length * Math.log(alpha) + count * Math.log(beta) - determinant - count * Math.log(2 * Math.PI);
  return (log - beta * residual - alpha * weights) / (2 * count);
}
