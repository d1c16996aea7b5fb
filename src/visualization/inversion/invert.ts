import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../backend/owned.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import type { Input, Model } from '../../network/types.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, object, required, text } from '../../numeric/options.ts';
import { type Penalty, squaredDistance, steepness } from '../../optimization/penalties.ts';
import type { LayersTarget } from '../../scoring/types.ts';
import type { Objective } from '../objectives/objective.ts';
import { fourier } from '../parameterizations/fourier/fourier.ts';
import type { Visualization, VisualizeOptions } from '../types.ts';
import { visualizeOn } from '../visualize.ts';
import { withoutOpacity } from './beside.ts';
import { featureNorms } from './featureDistance.ts';
import { type FeatureMask, featureMask } from './featureMask.ts';
import { type Inversion, inversionOf } from './inversion.ts';
import { type InvertedInput, invertedInput } from './invertedInput.ts';
import { type PictureOptions, pictureChecks } from './pictureChecks.ts';

/** The options of {@link invert}, besides what says how numbers follow from pixels. */
export interface InvertOptions extends PictureOptions {
  /** The address of the layer that is inverted. */
  readonly layer: string;
  /** λ of the total variation per value; 10 by default. */
  readonly smoothness?: number;
  /** β, the exponent of the total variation; 2 by default. */
  readonly beta?: number;
  /** Which features are inverted; all by default. */
  readonly mask?: FeatureMask;
}

const checks: OptionChecks<PixelScale & InvertOptions> = {
  ...pictureChecks,
  layer: required(text),
  smoothness: number(0),
  beta: number(1),
  mask: object,
};

/**
 * Pictures that a layer takes for given ones: what it keeps of an image, and what it does not.
 *
 * $$ \min_p \frac{\|M \odot (\Phi(\text{render}(p)) - \Phi_0)\|^2}{\|M \odot \Phi_0\|^2} + \frac{\lambda}{\text{values}}
 * \sum_{ij} \bigl(\Delta_h^2 + \Delta_v^2\bigr)^{\beta/2} $$
 *
 * over the parameters of a picture of 0 to 1, whose frequencies and colours are weighted as in photos, by Adam. That is
 * what {@link regularizedInversion}, the original method, became with the parameterization of feature visualization.
 *
 * Source: Mahendran and Vedaldi 2015, "Understanding deep image representations by inverting them", Eq. (1), with the
 * picture of Olah, Mordvintsev and Schubert 2017, "Feature visualization".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the model's range.
 * @param options `layer`, and how numbers follow from pixels (`preprocessing`, or `range`, or `mean` and `std`, and
 * `channels`, `order`); `steps` (512 by default), `learningRate`, `optimizer`, `parameterization`, `smoothness`, `beta`, `mask`,
 * `transforms` (none by default) and their `views`, `seed`, `signal`, `onProgress`.
 * @returns `images` `[n, h, w, c]` of 0 to 1, the same as `inputs` of the model's range; the relative `error` of the
 * features per example and its `curve` `[n, steps + 1]`.
 * @throws {VitrineError} if there is no such layer, if all its features are 0 for an example, if the layer is smaller than
 * the mask, if `x` is no batch of images or no scale is given.
 * @example
 * ```ts
 * import { invert, picturesOf } from 'vitrine/visualization';
 * const { images, error } = await invert(model, x, { layer: 'conv2', range: [-1, 1], steps: 12 });
 * console.log(picturesOf(images).length, error.length); // 2, 2
 * ```
 */
export async function invert(model: Model, x: Input, options: PixelScale & InvertOptions): Promise<Inversion> {
  assertOptions(options, checks);
  const copies = owned(x, options);
  return withNetwork(model, async (network) => {
    const [input, own] = await copies;
    return inverted(network, await invertedInput(network, input, own), own);
  });
}

async function inverted(
  network: Network,
  reference: InvertedInput,
  { layer, mask: chosen = {}, smoothness = 10, beta = 2, ...options }: PixelScale & InvertOptions,
): Promise<Inversion> {
  const { x, features } = reference;
  const mask = featureMask(chosen, features.shape);
  const norms = featureNorms(features, layer, mask);
  const even: Objective = { picture: (pictures) => evenness(pictures, beta) };
  const objectives = Array.from(norms, (_, example): Objective => {
    return {
      sum: [
        [1, nearness(layer, { features, example, mask, norm: norms[example] as number })],
        [smoothness, even],
      ],
    };
  });
  const found = await visualizeOn(network, objectives, {
    ...{ transforms: [], redirected: 0, steps: 512, ...options },
    size: x.shape.slice(1, 3),
    parameterization: withoutOpacity(options.parameterization ?? fourier()),
  } as VisualizeOptions & object);
  const pictures = { shape: found.images.shape.slice(1), data: found.images.data };
  const run = { layer, ...(options.signal && { signal: options.signal }) };
  return inversionOf(network, reference, { pictures, curve: courseOf(found), mask, norms }, run);
}

interface Wanted {
  readonly features: NdArray;
  readonly example: number;
  readonly mask: NdArray;
  /** ‖M ∘ Φ₀‖ */
  readonly norm: number;
}

/** How near the features of a picture are to those of an example: −‖M ∘ (Φ − Φ₀)‖² / ‖M ∘ Φ₀‖². */
function nearness(layer: string, { features, example, mask, norm }: Wanted): LayersTarget {
  return {
    layers: [layer],
    score([found]) {
      const [wanted, ones] = [rowsOf(features, example, example + 1), rowsOf(mask, 0, 1)];
      return tf.div(squaredDistance(found, wanted, ones).value, -(norm ** 2));
    },
  };
}

/** Moves pictures to what is even; not counted, so that the objective stays the error of the features. */
function evenness(pictures: Tensor4D, beta: number): Penalty {
  const { value, gradient } = steepness(pictures, beta);
  return { value: tf.zerosLike(value), gradient: tf.div(gradient, -pictures.size / pictures.shape[0]) };
}

/** The error before each step and at the end, an example a row. */
function courseOf({ curve, objective }: Visualization): NdArray {
  const [steps, count] = curve.shape as [number, number];
  const errors = Array.from({ length: count }, (_, example) => [
    ...Array.from({ length: steps }, (_, step) => -(curve.data[step * count + example] as number)),
    -(objective.data[example] as number),
  ]);
  return { shape: [count, steps + 1], data: Float32Array.from(errors.flat()) };
}
