import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../backend/owned.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import type { Input, Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, required, text } from '../../numeric/options.ts';
import type { LayersTarget } from '../../scoring/types.ts';
import { light } from '../transforms/sets.ts';
import { featureNorms } from './featureDistance.ts';
import { featuresOf, type InvertedInput, invertedInput, toModelRange } from './invertedInput.ts';
import { type PictureOptions, pictureChecks } from './pictureChecks.ts';
import { redrawn } from './redrawn.ts';

/** The options of {@link caricature}, besides what says how numbers follow from pixels. */
export interface CaricatureOptions extends PictureOptions {
  /** The address of the layer that sees the caricature. */
  readonly layer: string;
  /** How much the direction of the features counts more than their length; 0 by default, 0.5 to 2 stay nearer to the image. */
  readonly power?: number;
}

const checks: OptionChecks<PixelScale & CaricatureOptions> = {
  ...pictureChecks,
  layer: required(text),
  power: number(0),
};

/** What {@link caricature} returns. */
export interface Caricature {
  /** Pictures `[n, h, w, c]` of 0 to 1. */
  readonly images: NdArray;
  readonly layer: string;
  /** The cosine between the features of the image and of its caricature, per example. */
  readonly cosine: Float32Array;
  /** How much longer the features of the caricature are than those of the image, per example. */
  readonly gain: Float32Array;
  /** What was maximised, before each step, `[n, steps]`. */
  readonly curve: NdArray;
  readonly seed: number;
}

/**
 * Caricatures of images: pictures that have more of what a layer sees in them, and nothing of what it does not see.
 *
 * With the features $a_0$ of an image and $a$ of the picture, both under the same transforms, maximises
 *
 * $$ \frac{\langle a_0, a \rangle}{\|a_0\|^2} \cdot \max\bigl(0.1, \cos(a_0, a)\bigr)^{\text{power}} $$
 *
 * which is lucid's objective in a unit that does not depend on the layer: the same gradient, but for a factor, where the
 * cosine is above 0.1.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", and the code of lucid.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the model's range.
 * @param options `layer`, and how numbers follow from pixels (`preprocessing`, or `range`, or `mean` and `std`, and
 * `channels`, `order`); `power`, `steps` (512 by default), `transforms` (`transforms.light()` by default) and their `views`,
 * `parameterization`, `learningRate`, `optimizer`, `seed`, `signal`, `onProgress`.
 * @returns `images` `[n, h, w, c]` of 0 to 1, with the `cosine` between their features and those of the images, and the
 * `gain` in length, per example.
 * @throws {VitrineError} if there is no such layer, if all its features are 0 for an example, if `x` is no batch of images
 * or no scale is given.
 * @example
 * ```ts
 * import { caricature } from 'vitrine/visualization';
 * const { images, cosine } = await caricature(model, x, { layer: 'conv2', range: [-1, 1], steps: 8 });
 * console.log(images.shape, cosine.length); // [2, 16, 16, 3], 2
 * ```
 */
export async function caricature(model: Model, x: Input, options: PixelScale & CaricatureOptions): Promise<Caricature> {
  assertOptions(options, checks);
  const copies = owned(x, options);
  return withNetwork(model, async (network) => {
    const [input, own] = await copies;
    return drawn(network, await invertedInput(network, input, own), own);
  });
}

async function drawn(
  network: Network,
  reference: InvertedInput,
  { layer, power = 0, ...options }: PixelScale & CaricatureOptions,
): Promise<Caricature> {
  const { features, scale } = reference;
  const norms = featureNorms(features, layer);
  const settings = { transforms: light(), steps: 512, ...options };
  const { images, curve } = await redrawn(network, reference.pictures, resemblance(layer, power), settings);
  const found = await featuresOf(network, toModelRange(images, scale), { layer, ...options });
  const lengths = norms.map((_, i) => Math.sqrt(dotProduct(rowOf(found, i), rowOf(found, i))));
  return {
    images,
    layer,
    cosine: norms.map((norm, i) => dotProduct(rowOf(found, i), rowOf(features, i)) / ((lengths[i] as number) * norm)),
    gain: norms.map((norm, i) => (lengths[i] as number) / norm),
    curve,
    seed: options.seed ?? 0,
  };
}

/** How much a picture resembles the one before it, in the features of a layer. */
function resemblance(layer: string, power: number): LayersTarget {
  return {
    layers: [layer],
    score([values]) {
      const [original, picture] = tf.split(tf.reshape(values, [2, -1]), 2) as [Tensor, Tensor];
      const product = (a: Tensor, b: Tensor): Tensor => tf.sum(tf.mul(a, b), 1);
      const [dot, size, ownSize] = [product(original, picture), product(original, original), product(picture, picture)];
      const cosine = tf.div(dot, tf.sqrt(tf.add(tf.mul(size, ownSize), 1e-12)));
      const likeness = power === 0 ? tf.onesLike(dot) : tf.pow(tf.maximum(cosine, 0.1), power);
      return tf.concat([tf.zeros([1]), tf.mul(tf.div(dot, tf.add(size, 1e-12)), likeness)]) as Tensor1D;
    },
  };
}

function dotProduct(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
