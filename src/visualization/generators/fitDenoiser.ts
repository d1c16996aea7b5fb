import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { initializers, layers as l, sequential } from '@tensorflow/tfjs-layers';
import { owned } from '../../backend/owned.ts';
import { runChecks } from '../../network/runChecks.ts';
import { tapedGradients } from '../../network/training/tapedGradients.ts';
import { trainLayers } from '../../network/training/trainLayers.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import {
  assertOptions,
  count,
  integer,
  listOf,
  number,
  type OptionChecks,
  safeInteger,
} from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { codeStatistics } from './codeStatistics.ts';

/** The options of {@link fitDenoiser}. */
export interface DenoiserOptions extends RunOptions {
  /** σ as a share of the codes' mean standard deviation; 0.5 by default. */
  readonly noise?: number;
  /** Units of the layers between; 128 and 128 by default. */
  readonly hidden?: readonly number[];
  /** How often all codes are gone through; 40 by default. */
  readonly epochs?: number;
  /** Of Adam; 2e-3 by default. */
  readonly learningRate?: number;
  /** Of the weights, the order of codes and the noise; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<DenoiserOptions> = {
  ...runChecks,
  noise: number(0),
  hidden: listOf(integer(1)),
  epochs: count(1),
  learningRate: number(Number.MIN_VALUE),
  seed: safeInteger,
};

/** A prior of codes. */
export interface Denoiser {
  /** From codes to codes of the same shape; the caller's to dispose. */
  readonly denoiser: LayersModel;
  /** What was minimised in each epoch, on average, `[epochs]`. */
  readonly losses: Float64Array;
  /** σ, the standard deviation of the noise. */
  readonly deviation: number;
}

/**
 * Learns to take noise off codes: what it does to a code points to where codes are dense.
 *
 * $$ \min_R\; \mathbb{E}\, \|R(h + \sigma \eta) - h\|^2, \qquad \frac{R(h) - h}{\sigma^2} \approx \nabla \log p(h) $$
 *
 * Dense layers with ReLUs between. The noise of a code in a step depends on the seed, the code and the step alone.
 *
 * Source: Alain and Bengio 2014, "What regularized auto-encoders learn from the data-generating distribution", Theorem 1;
 * as the prior of Nguyen et al. 2017, "Plug & play generative networks", §3.2.
 *
 * @param codes `[n, …]`, such as `activations` of many images at the layer that a decoder inverts.
 * @param options `noise`, `hidden`, `epochs`, `learningRate`, `batchSize` (128), `seed`, `signal`, `onProgress`.
 * @returns the `denoiser`, a live model that the caller disposes as that of `loadModel`, its `losses` and `deviation`.
 * @throws {VitrineError} if the codes are not finite or all the same, an option is out of range, the loss is not finite, or
 * the backend lacks a kernel for training.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { fitDenoiser } from 'vitrine/visualization';
 * const { predictions: codes } = await activations(model, x, ['predictions']);
 * const { denoiser, losses } = await fitDenoiser(codes, { hidden: [16], epochs: 3 });
 * console.log(losses.length); // 3
 * denoiser.dispose();
 * ```
 */
export async function fitDenoiser(codes: NdArray, options: DenoiserOptions = {}): Promise<Denoiser> {
  assertOptions(options, checks);
  assertArray('codes', codes, [2, 3, 4, 5]);
  assertFiniteArray('codes', codes);
  const [{ own }, settings] = await owned({ own: codes }, options);
  settings.signal?.throwIfAborted();
  const { noise = 0.5, hidden = [128, 128], seed = 0 } = settings;
  const deviation = noise * meanDeviation(own);
  const denoiser = denoiserOf(own.shape.slice(1), hidden, seed);
  try {
    const losses = await trained(denoiser, own, { ...settings, deviation });
    return { denoiser, losses, deviation };
  } catch (error) {
    denoiser.dispose();
    throw error;
  }
}

function trained(
  denoiser: LayersModel,
  codes: NdArray,
  options: DenoiserOptions & { readonly deviation: number },
): Promise<Float64Array> {
  const { epochs = 40, learningRate = 2e-3, batchSize = 128, seed = 0, deviation, signal, onProgress } = options;
  return trainLayers({
    model: denoiser,
    count: codes.shape[0] as number,
    epochs,
    batchSize,
    learningRate: () => learningRate,
    seed,
    gradients(rows, weights, step) {
      const { clean, noisy } = noisyCodes(codes, { rows, deviation, seed, step });
      const cleaned = (): Tensor => denoiser.apply(noisy, { training: true }) as Tensor;
      return tapedGradients(() => tf.mean(tf.squaredDifference(cleaned(), clean)) as Scalar, weights);
    },
    onEpoch: (epoch) => onProgress?.({ stage: 'epochs', done: epoch + 1, total: epochs }),
    signal,
  });
}

function noisyCodes(
  codes: NdArray,
  { rows, deviation, seed, step }: { rows: Int32Array; deviation: number; seed: number; step: number },
): { readonly clean: Tensor; readonly noisy: Tensor } {
  const size = codes.data.length / (codes.shape[0] as number);
  const [clean, noise] = [new Float32Array(rows.length * size), new Float32Array(rows.length * size)];
  rows.forEach((row, i) => {
    const { normal } = random(seed, 2, row, step);
    clean.set(rowOf(codes, row), i * size);
    for (let k = i * size; k < (i + 1) * size; k++) noise[k] = deviation * normal();
  });
  const shape = [rows.length, ...codes.shape.slice(1)];
  const exact = tf.tensor(clean, shape, 'float32');
  return { clean: exact, noisy: tf.add(exact, tf.tensor(noise, shape, 'float32')) };
}

function meanDeviation(codes: NdArray): number {
  const { deviations } = codeStatistics(codes);
  const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
  if (mean > 0) return mean;
  throw new VitrineError('bad-argument', '"codes" expected some that differ, got the same in all');
}

function denoiserOf(shape: readonly number[], hidden: readonly number[], seed: number): LayersModel {
  const size = shape.reduce((product, length) => product * length, 1);
  const initializer = (layer: number) => ({
    // tfjs takes a seed of 0 for none.
    kernelInitializer: initializers.heNormal({ seed: seed + 0.5 + layer / 1024 }),
  });
  return sequential({
    layers: [
      l.reshape({ inputShape: [...shape], targetShape: [size] }),
      ...hidden.map((units, layer) => l.dense({ units, activation: 'relu', ...initializer(layer) })),
      l.dense({ units: size, ...initializer(hidden.length) }),
      l.reshape({ targetShape: [...shape] }),
    ],
  });
}
