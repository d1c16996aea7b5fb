import type { LayersModel } from '@tensorflow/tfjs-layers';
import { owned } from '../../../backend/owned.ts';
import { type PixelScale, scaleChecks } from '../../../image/pixelScale.ts';
import { assertLayersModel } from '../../../network/graph/layersModel.ts';
import type { Network } from '../../../network/network.ts';
import { runChecks } from '../../../network/runChecks.ts';
import { trainLayers } from '../../../network/training/trainLayers.ts';
import type { Model, RunOptions } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import {
  assertOptions,
  count,
  number,
  type OptionChecks,
  required,
  safeInteger,
  text,
} from '../../../numeric/options.ts';
import { random, shuffled } from '../../../numeric/random.ts';
import { type ImageDataset, type ImageSource, imagesOf } from '../../../readings/imageSource.ts';
import { assertDecoder } from './assertDecoder.ts';
import { type DecoderExamples, decoderExamples } from './decoderExamples.ts';
import { decoderLoss, validationErrors } from './decoderLoss.ts';
import { upconvolutionalDecoder } from './upconvolutionalDecoder.ts';

/** How a decoder is trained. */
export interface DecoderTraining extends RunOptions {
  /** The address of the layer that is inverted. */
  readonly layer: string;
  /** What is trained; a new {@link upconvolutionalDecoder} by default. One that is given stays the caller's and is changed. */
  readonly decoder?: LayersModel;
  /** How often all images are gone through; 20 by default. */
  readonly epochs?: number;
  /** Of Adam; 1e-3 by default. */
  readonly learningRate?: number;
  /** How often the learning rate is halved, evenly over the second half of the epochs; 3 by default. */
  readonly halvings?: number;
  /** λ, what the error of the features of the reconstruction counts; 0 by default. */
  readonly featureWeight?: number;
  /** The share of images that are held out; 0.1 by default. */
  readonly validation?: number;
  /** Channels of the last but one layer of a new decoder; 16 by default. */
  readonly base?: number;
  /** Of the weights of a new decoder, of what is held out, and of the order of images; 0 by default. */
  readonly seed?: number;
}

/** What {@link trainDecoder} is told: how numbers follow from pixels, and how it trains. */
export type TrainDecoderOptions = PixelScale & DecoderTraining;

const checks: OptionChecks<TrainDecoderOptions> = {
  ...runChecks,
  ...scaleChecks,
  layer: required(text),
  decoder: (argument, decoder) => void assertLayersModel(decoder, argument),
  epochs: count(1),
  learningRate: number(Number.MIN_VALUE),
  halvings: count(0),
  featureWeight: number(0),
  validation: number(0, 0.9),
  base: count(1),
  seed: safeInteger,
};

/** A decoder that has been trained. */
export interface TrainedDecoder {
  /** From features of the layer to pictures of 0 to 1; the caller's to dispose. */
  readonly decoder: LayersModel;
  /** What was minimised in each epoch, on average, `[epochs]`. */
  readonly losses: Float64Array;
  /** The errors of held-out images after each epoch, `[epochs]`; none where none are held out. */
  readonly validation?: { readonly pixel: Float64Array; readonly feature: Float64Array };
}

/**
 * Trains a network that makes images of the features of a layer: what it shows is what the layer keeps, and where it is
 * blurred the layer does not tell.
 *
 * $$ \min_D\; \mathbb{E} \Bigl[ \tfrac{1}{hwc} \|x - D(\Phi(x))\|^2 + \lambda\, \frac{\|\Phi(D(\Phi(x))) - \Phi(x)\|^2}{\mathbb{E}
 * \|\Phi(x)\|^2} \Bigr] $$
 *
 * The first term alone makes of each feature the mean of all images that have it. The second is differentiated through
 * the network that is inverted, exactly. Features of all images are kept in memory. On wasm, `installKernels({ replace:
 * true })` must have been called: tfjs lacks kernels for training there.
 *
 * Source: Dosovitskiy and Brox 2016, "Inverting visual representations with convolutional networks", §3, Eq. (2); the
 * second term after their "Generating images with perceptual similarity metrics based on deep networks", Eq. (3).
 *
 * @param model the network that is inverted: a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images of 0 to 1 in its own range: a batch, a list or a data set.
 * @param options `layer`; how pixels of 0 to 255 become the input (`preprocessing`, or `range`, or `mean` and `std`, and `channels`, `order`);
 * `decoder`, `epochs`, `learningRate`, `halvings`, `batchSize` (64), `featureWeight`, `validation`, `base`, `seed`, `signal`,
 * `onProgress`.
 * @returns the `decoder`, a live model that the caller disposes as that of `loadModel`, with its `losses`, and the errors of
 * held-out images: `pixel`, the mean square of pixels of 0 to 1, and `feature`, the second term without its weight.
 * @throws {VitrineError} if there is no such layer, the images do not fit, leave the range that the scale says or have no
 * features, a given decoder has other shapes, the loss is not finite, or the backend lacks a kernel for training.
 * @example
 * ```ts
 * import { installKernels } from 'vitrine';
 * import { trainDecoder } from 'vitrine/visualization';
 * installKernels({ replace: true });
 * const { decoder, losses } = await trainDecoder(model, x, { layer: 'conv3', range: [-1, 1], epochs: 2, validation: 0 });
 * console.log(losses.length); // 2
 * decoder.dispose();
 * ```
 */
export async function trainDecoder(
  model: Model,
  images: ImageSource,
  options: TrainDecoderOptions,
): Promise<TrainedDecoder> {
  assertOptions(options, checks);
  const source = imagesOf(images);
  // A refused model leaves nobody to hear of refused images.
  source.catch(() => undefined);
  const copies = owned(options);
  return withNetwork(model, async (network) => {
    const [own] = await copies;
    return trainOn(network, await source, own);
  });
}

async function trainOn(network: Network, images: ImageDataset, options: TrainDecoderOptions): Promise<TrainedDecoder> {
  const examples = await decoderExamples(network, images, options);
  const { base, seed = 0, decoder: given } = options;
  const shapes = { featureShape: examples.codes.shape.slice(1), imageShape: examples.pictures.shape.slice(1) };
  if (given) assertDecoder(given, shapes);
  const decoder = given ?? upconvolutionalDecoder({ ...shapes, ...(base && { base }), seed });
  try {
    return { decoder, ...(await fitted(network, decoder, examples, options)) };
  } catch (error) {
    if (!given) decoder.dispose();
    throw error;
  }
}

async function fitted(
  network: Network,
  decoder: LayersModel,
  examples: DecoderExamples,
  options: TrainDecoderOptions,
): Promise<Omit<TrainedDecoder, 'decoder'>> {
  const { epochs = 20, learningRate = 1e-3, halvings = 3, batchSize = 64, seed = 0, signal, onProgress } = options;
  const total = examples.codes.shape[0] as number;
  const order = shuffled(total, random(seed, 0).integer);
  const held = order.subarray(0, Math.floor(total * (options.validation ?? 0.1)));
  const learnt = order.subarray(held.length);
  const loss = decoderLoss(network, decoder, examples, options);
  const validation = { pixel: new Float64Array(epochs), feature: new Float64Array(epochs) };
  const losses = await trainLayers({
    model: decoder,
    count: learnt.length,
    epochs,
    batchSize,
    learningRate: (epoch) => learningRate * 2 ** -halvedBy(epoch, epochs, halvings),
    seed,
    gradients: (rows, weights) =>
      loss(
        rows.map((row) => learnt[row] as number),
        weights,
      ),
    async onEpoch(epoch) {
      const errors = await validationErrors(network, decoder, examples, { ...options, rows: held, batchSize });
      validation.pixel[epoch] = errors.pixel;
      validation.feature[epoch] = errors.feature;
      onProgress?.({ stage: 'epochs', done: epoch + 1, total: epochs });
    },
    signal,
  });
  return { losses, ...(held.length > 0 && { validation }) };
}

/** How often the learning rate has been halved: never in the first half, then evenly. */
function halvedBy(epoch: number, epochs: number, halvings: number): number {
  return Math.floor(Math.max(0, (2 * epoch) / epochs - 1) * (halvings + 1));
}
