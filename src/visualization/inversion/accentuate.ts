import { owned } from '../../backend/owned.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import type { Input, Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, text } from '../../numeric/options.ts';
import type { Objective } from '../objectives/objective.ts';
import { light } from '../transforms/sets.ts';
import { featureNorms, relativeDistances } from './featureDistance.ts';
import { featuresOf, fromModel, type ImagesInput, imagesInput, toModelRange } from './invertedInput.ts';
import { layerDistance, pixelDistance } from './keptNear.ts';
import { objectiveValues } from './objectiveValues.ts';
import { type PictureOptions, pictureChecks } from './pictureChecks.ts';
import { redrawn } from './redrawn.ts';

/** The options of {@link accentuate}, besides what says how numbers follow from pixels. */
export interface AccentuateOptions extends PictureOptions {
  /** The address of the layer whose features keep the picture near to the image; its pixels do by default. */
  readonly layer?: string;
  /** What a relative squared distance of 1 costs, in the unit of the objective; 1 by default. */
  readonly weight?: number;
}

const checks: OptionChecks<PixelScale & AccentuateOptions> = { ...pictureChecks, layer: text, weight: number(0) };

/** What {@link accentuate} returns. */
export interface Accentuation {
  /** Pictures `[n, h, w, c]` of 0 to 1. */
  readonly images: NdArray;
  /** The objective of the images themselves, per example. */
  readonly before: Float32Array;
  /** The objective of the pictures. */
  readonly after: Float32Array;
  /** ‖Φ(picture) − Φ(image)‖² / ‖Φ(image)‖² at the layer, or of pixels of 0 to 1. */
  readonly distance: Float32Array;
  /** What was maximised, before each step, `[n, steps]`. */
  readonly curve: NdArray;
  readonly seed: number;
}

/**
 * Images with more of what an objective looks for: where a unit sees something in a photo, and what.
 *
 * Begins with the image $x$ and maximises $F(p) - w\, \|\Phi(p) - \Phi(x)\|^2 / \|\Phi(x)\|^2$, both under the same
 * transforms, where $\Phi$ is a layer, or the pixels.
 *
 * Source: Hamblin et al. 2024, "Feature accentuation: revealing 'what' features respond to in natural images".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the model's range.
 * @param objective a target, or one of `objectives`; of one picture.
 * @param options how numbers follow from pixels (`preprocessing`, or `range`, or `mean` and `std`, and `channels`, `order`);
 * `layer`, `weight`, `steps` (128 by default), `transforms` (`transforms.light()` by default) and their `views`,
 * `parameterization`, `learningRate` (0.01 by default), `optimizer`, `seed`, `signal`, `onProgress`.
 * @returns `images` `[n, h, w, c]` of 0 to 1, the objective `before` and `after`, and the `distance`, per example.
 * @throws {VitrineError} if a layer or a unit is unknown, if all features of the layer are 0 for an example, if `x` is no
 * batch of images or no scale is given.
 * @example
 * ```ts
 * import { accentuate } from 'vitrine/visualization';
 * const unit = { layer: 'conv3', unit: 5 };
 * const { images, before, after } = await accentuate(model, x, unit, { layer: 'conv2', range: [-1, 1], steps: 8 });
 * console.log(images.shape, before.length, after.length); // [2, 16, 16, 3], 2, 2
 * ```
 */
export async function accentuate(
  model: Model,
  x: Input,
  objective: Objective,
  options: PixelScale & AccentuateOptions,
): Promise<Accentuation> {
  assertOptions(options, checks);
  // Left out, they say no scale, which is what the error is about.
  const copies = owned(x, { objective }, options ?? ({} as PixelScale & AccentuateOptions));
  return withNetwork(model, async (network) => {
    const [input, own, given] = await copies;
    return accentuated(network, await imagesInput(network, input, given), { ...given, objective: own.objective });
  });
}

type Wanted = PixelScale & AccentuateOptions & { readonly objective: Objective };

async function accentuated(
  network: Network,
  { x, pictures, scale }: ImagesInput,
  { objective, layer, weight = 1, ...options }: Wanted,
): Promise<Accentuation> {
  const keptOf = async (images: NdArray): Promise<NdArray> =>
    layer === undefined ? fromModel(images, scale) : featuresOf(network, images, { layer, ...options });
  const kept = await keptOf(x);
  featureNorms(kept, layer ?? network.inputs[0].address);
  const distance = layer === undefined ? pixelDistance : layerDistance(layer);
  const whole: Objective = {
    sum: [
      [1, { pictures: [1], objective }],
      [-weight, distance],
    ],
  };
  const settings = { transforms: light(), steps: 128, learningRate: 0.01, ...options, fromOriginal: true } as const;
  const { images, curve } = await redrawn(network, pictures, whole, settings);
  return {
    images,
    before: await objectiveValues(network, objective, pictures, options),
    after: await objectiveValues(network, objective, images, options),
    distance: relativeDistances(await keptOf(toModelRange(images, scale)), kept),
    curve,
    seed: options.seed ?? 0,
  };
}
