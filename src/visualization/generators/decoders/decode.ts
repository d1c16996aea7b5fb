import { owned } from '../../../backend/owned.ts';
import { type PixelScale, scaleChecks } from '../../../image/pixelScale.ts';
import type { Network } from '../../../network/network.ts';
import { predict } from '../../../network/predict.ts';
import { runChecks } from '../../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { assertArray, assertFiniteArray } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks, object, required, text } from '../../../numeric/options.ts';
import type { Inversion } from '../../inversion/inversion.ts';
import { featuresOf, type InvertedInput, invertedInput, toModelRange } from '../../inversion/invertedInput.ts';
import { assertGenerator } from '../assertGenerator.ts';
import { assertModel } from '../assertModel.ts';
import { type ReconstructionErrors, reconstructionErrors, type Seen } from './reconstructionErrors.ts';

/** The options of {@link decode}, besides what says how numbers follow from pixels. */
export interface DecodeSettings extends RunOptions {
  /** The address of the layer whose features the decoder takes. */
  readonly layer: string;
  /** Features to be decoded in place of the images' own, in their shape: some of them changed, left out or exchanged; none by default. */
  readonly codes?: NdArray;
  /** What `invert` found for the same images, whose errors are put beside the decoder's; none by default. */
  readonly inversion?: Pick<Inversion, 'images'>;
}

/** What {@link decode} is told. */
export type DecodeCodesOptions = PixelScale & DecodeSettings;

const checks: OptionChecks<DecodeCodesOptions> = {
  ...runChecks,
  ...scaleChecks,
  layer: required(text),
  codes: object,
  inversion: assertInversion,
};

/** What a decoder makes of images. */
export interface Decoded {
  /** Pictures of 0 to 1, `[n, h, w, c]`. */
  readonly images: NdArray;
  /** The features that were decoded, `[n, …]`. */
  readonly codes: NdArray;
  readonly layer: string;
  readonly errors: ReconstructionErrors;
  /** The same of the inversion that was given. */
  readonly inversionErrors?: ReconstructionErrors;
}

/**
 * Reconstructs images from what a layer makes of them, with the errors in pixels and in features.
 *
 * $$ \hat x = D(\Phi(x)), \qquad \frac{\|x_i - \hat x_i\|}{\operatorname{mean}_{j \neq k} \|x_j - x_k\|}, \qquad
 * \frac{\|\Phi(x_i) - \Phi(\hat x_i)\|^2}{\operatorname{mean}_{jk} \|\Phi(x_j) - \Phi(x_k)\|^2} $$
 *
 * A decoder is better in pixels, inversion by optimisation in features: look at both. Codes alone need no more than
 * `predict(decoder, codes)`.
 *
 * Source: Dosovitskiy and Brox 2016, "Inverting visual representations with convolutional networks", §4.1; Mahendran and
 * Vedaldi 2015, "Understanding deep image representations by inverting them", §5.
 *
 * @param decoder of {@link trainDecoder}, or any model from features of the layer to pictures of 0 to 1.
 * @param model the network that the features are of.
 * @param x images, one or `[n, h, w, c]`, in the model's range.
 * @param options `layer`; how pixels of 0 to 255 become the input (`preprocessing`, or `range`, or `mean` and `std`, and `channels`, `order`); `codes`,
 * `inversion`, `batchSize`, `signal`, `onProgress`.
 * @returns `images` of 0 to 1, the `codes`, and errors per example; `errors.reported`, of several images that differ, as the
 * papers give them.
 * @throws {VitrineError} if there is no such layer, or the decoder, the codes or the inversion have other shapes.
 * @example
 * ```ts
 * import { decode, upconvolutionalDecoder } from 'vitrine/visualization';
 * const decoder = upconvolutionalDecoder({ featureShape: [5], imageShape: [16, 16, 3] });
 * const { images, errors } = await decode(decoder, model, x, { layer: 'predictions', range: [-1, 1] });
 * console.log(images.shape, errors.reported?.pixel); // [2, 16, 16, 3]
 * decoder.dispose();
 * ```
 */
export async function decode(decoder: Model, model: Model, x: Input, options: DecodeCodesOptions): Promise<Decoded> {
  assertOptions(options, checks);
  assertModel('decoder', decoder);
  const copies = owned(options, x);
  return withNetwork(decoder, (generator) =>
    withNetwork(model, async (network) => {
      const [own, images] = await copies;
      return decoded(generator, network, images, own);
    }),
  );
}

async function decoded(decoder: Network, network: Network, x: Input, options: DecodeCodesOptions): Promise<Decoded> {
  const { layer, inversion, onProgress, signal } = options;
  const input = await invertedInput(network, x, options);
  const codes = checkedCodes(options.codes, input.features);
  assertGenerator('decoder', decoder, { codes: codes.shape, pictures: input.x.shape });
  const run = { ...runOf(options), ...(onProgress && { onProgress }) };
  const { values: images } = await predict(decoder, codes, run);
  const wanted = { pictures: input.pictures, features: input.features };
  const errors = await reconstructionErrors(await seenAs(network, images, input, options), wanted, { signal });
  if (!inversion) return { images, codes, layer, errors };
  const other = await seenAs(network, checkedPictures(inversion.images, images), input, options);
  return { images, codes, layer, errors, inversionErrors: await reconstructionErrors(other, wanted, { signal }) };
}

/** Pictures, and what the network makes of them. */
async function seenAs(
  network: Network,
  pictures: NdArray,
  { scale }: InvertedInput,
  options: DecodeCodesOptions,
): Promise<Seen> {
  const features = await featuresOf(network, toModelRange(pictures, scale), {
    ...runOf(options),
    layer: options.layer,
  });
  return { pictures, features };
}

function assertInversion(argument: string, value: unknown): void {
  object(argument, value);
  assertArray(`${argument}.images`, (value as Pick<Inversion, 'images'>).images, [4]);
}

function runOf({ batchSize, signal }: RunOptions): RunOptions {
  return { ...(batchSize && { batchSize }), ...(signal && { signal }) };
}

function checkedCodes(codes: NdArray | undefined, features: NdArray): NdArray {
  if (!codes) return features;
  assertArray('codes', codes, [features.shape.length]);
  assertFiniteArray('codes', codes);
  if (sameShape(codes.shape, features.shape)) return codes;
  throw new VitrineError(
    'bad-shape',
    `"codes" expected the shape of the features of "x", [${features.shape.join(', ')}], got [${codes.shape.join(', ')}]`,
  );
}

function checkedPictures(images: NdArray, { shape }: NdArray): NdArray {
  assertArray('inversion.images', images, [4]);
  assertFiniteArray('inversion.images', images);
  if (sameShape(images.shape, shape)) return images;
  throw new VitrineError(
    'bad-shape',
    `"inversion.images" expected pictures of the same images, [${shape.join(', ')}], got [${images.shape.join(', ')}]`,
  );
}
