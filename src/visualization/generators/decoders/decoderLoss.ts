import type { Scalar, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { PixelScale } from '../../../image/pixelScale.ts';
import type { Network } from '../../../network/network.ts';
import { type LossGradients, tapedGradients } from '../../../network/training/tapedGradients.ts';
import { forEachBatch } from '../../../network/walk/batches.ts';
import { signalAt } from '../../../network/walk/signals.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { modelScale } from '../../ascent/modelScale.ts';
import type { DecoderExamples } from './decoderExamples.ts';

type LossOptions = PixelScale & { readonly layer: string; readonly featureWeight?: number };

/** The mean loss of some examples, and its gradient by the weights of the decoder. */
export function decoderLoss(
  network: Network,
  decoder: LayersModel,
  examples: DecoderExamples,
  options: LossOptions,
): (rows: Int32Array, weights: readonly Variable[]) => LossGradients {
  const { featureWeight = 0 } = options;
  const featureLoss = featureLossOf(network, options);
  return (rows, weights) => {
    const [codes, wanted] = [rowsAt(examples.codes, rows), rowsAt(examples.pictures, rows)];
    const make = (): Tensor4D => decoder.apply(codes, { training: true }) as Tensor4D;
    const pixels = (made: Tensor4D): Scalar => tf.mean(tf.squaredDifference(made, wanted));
    if (featureWeight === 0) return tapedGradients(() => pixels(make()), weights);
    const features = deferred((made) => featureLoss(made, codes, featureWeight / examples.energy));
    const { value, grads } = tapedGradients(() => {
      const made = make();
      return tf.add(pixels(made), features.term(made));
    }, weights);
    return { value: tf.add(value, features.value()), grads };
  };
}

type FeatureLoss = (made: Tensor4D, codes: Tensor, weight: number) => Penalty;

/** λ ‖Φ(x̂) − Φ(x)‖² / E ‖Φ(x)‖², the mean over examples, and its gradient by the pictures, of the engine. */
function featureLossOf(network: Network, options: LossOptions): FeatureLoss {
  const site = network.site(options.layer);
  const [input] = network.inputs;
  const toModel = modelScale(options, input.shape[3] as number);
  return (made, codes, weight) => {
    const { pictures, pullback } = toModel(made);
    const record = network.forward([pictures], { taps: [site], differentiate: { to: [input] } });
    const difference = tf.sub(record.value(site), codes);
    const each = weight / (codes.shape[0] as number);
    const signal = signalAt(record.backward(new Map([[site, tf.mul(difference, 2 * each)]]), { to: [input] }), input);
    return { value: tf.mul(tf.sum(tf.square(difference)), each), gradient: pullback(signal as Tensor4D) };
  };
}

interface Penalty {
  readonly value: Scalar;
  readonly gradient: Tensor;
}

/** Runs what may take gradients itself while those of a tape are taken: tfjs forgets the outer tape as an inner one ends. */
function besideTape<T>(run: () => T): T {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return run();
  } finally {
    state.activeTape = activeTape;
  }
}

/**
 * A term of a loss whose value and gradient both are found when the tape asks for the gradient: then it records nothing
 * any more, and takes no fused operations apart. Until then the term is 0.
 */
function deferred(penalty: (made: Tensor4D) => Penalty) {
  const found: Scalar[] = [];
  return {
    term: (made: Tensor4D): Scalar =>
      tf.customGrad((pictures, save) => {
        (save as (tensors: Tensor[]) => void)([pictures as Tensor]);
        const gradFunc = (dy: Tensor, [saved]: Tensor[]): Tensor => {
          const { value, gradient } = besideTape(() => penalty(saved as Tensor4D));
          found.push(tf.keep(value));
          return tf.mul(gradient, dy);
        };
        return { value: tf.scalar(0), gradFunc };
      })(made) as Scalar,
    value(): Scalar {
      const [value] = found.splice(0) as [Scalar];
      const own = tf.clone(value);
      value.dispose();
      return own;
    },
  };
}

/** The mean errors of some examples: of pixels of 0 to 1, squared, and of features in the unit of their energy. */
export async function validationErrors(
  network: Network,
  decoder: LayersModel,
  examples: DecoderExamples,
  { rows, batchSize, signal, ...options }: LossOptions & Held,
): Promise<{ readonly pixel: number; readonly feature: number }> {
  const site = network.site(options.layer);
  const toModel = modelScale(options, network.inputs[0].shape[3] as number);
  const sums = { pixel: 0, feature: 0 };
  await forEachBatch(
    { stage: 'validation', total: rows.length, batchSize, ...(signal && { signal }) },
    ({ start, end }) => {
      const chosen = rows.subarray(start, end);
      const codes = rowsAt(examples.codes, chosen);
      const made = decoder.apply(codes, { training: false }) as Tensor4D;
      const found = network.forward([toModel(made).pictures], { taps: [site] }).value(site);
      const pixel = tf.sum(tf.squaredDifference(made, rowsAt(examples.pictures, chosen)));
      return { pixel, feature: tf.sum(tf.squaredDifference(found, codes)) };
    },
    ({ pixel, feature }) => {
      sums.pixel += pixel.data[0] as number;
      sums.feature += feature.data[0] as number;
    },
  );
  const values = examples.pictures.data.length / (examples.pictures.shape[0] as number);
  return { pixel: sums.pixel / (rows.length * values), feature: sums.feature / (rows.length * examples.energy) };
}

interface Held {
  readonly rows: Int32Array;
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** Some rows of an array as a tensor. */
function rowsAt(array: NdArray, rows: Int32Array): Tensor {
  const size = array.data.length / (array.shape[0] as number);
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, i) => data.set(rowOf(array, row), i * size));
  return tf.tensor(data, [rows.length, ...array.shape.slice(1)], 'float32');
}
