import { owned } from '../../../backend/owned.ts';
import { layerAddress } from '../../../network/runChecks.ts';
import type { Model } from '../../../network/types.ts';
import { assertInteger } from '../../../numeric/check.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import {
  abortSignal,
  assertOptions,
  callback,
  count,
  integer,
  number,
  type OptionChecks,
  required,
  safeInteger,
} from '../../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../../readings/imageSource.ts';
import { directionsOf } from '../../../scoring/directions.ts';
import { fitted } from './fitted.ts';
import { assertActivations } from './forEachCode.ts';
import { layerRows } from './layerRows.ts';
import type { LayerSparseCodes, LayerSparseCodesOptions, SparseCodes, SparseCodesOptions } from './types.ts';

const checks: OptionChecks<SparseCodesOptions> = {
  size: required(integer(1)),
  active: required(integer(1)),
  steps: count(1),
  learningRate: number(Number.MIN_VALUE),
  seed: safeInteger,
  batchSize: integer(1),
  signal: abortSignal,
  onProgress: callback,
};
const layerChecks: OptionChecks<LayerSparseCodesOptions> = {
  ...checks,
  layer: required(layerAddress),
  samples: count(1),
};

/**
 * Learns sparse codes of activations: many directions of which few at a time make a vector, by a top-k sparse autoencoder.
 *
 * $$ z = \mathrm{top}_k(\max(0, W_e (x - b_p) + b)), \qquad \hat x = W_d z + b_p, \qquad
 * L = \frac1n \sum |x - \hat x|^2 + \tfrac{1}{32} |e - \hat e|^2 $$
 *
 * with $W_e = W_d^T$ at the start and directions of unit length after each step of Adam. Codes that were not used for 100
 * steps try to make up for what the others miss: $\hat e$ is the error $e = x - \hat x$ as the u/2 greatest of them decode it. Networks keep
 * more features in a layer than it has units (superposition); units, and what PCA or NMF find, are then mixtures of them.
 *
 * Everything is in 64-bit floats and the same on all backends.
 *
 * Source: Gao et al. 2024, "Scaling and evaluating sparse autoencoders", Eqs. (3) and (4), and appendix A.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set; each position of the layer is a vector.
 * @param options `size`, `active` (required), `steps`, `learningRate`, `batchSize` (vectors in a step; 256), `seed`, `signal`,
 * `onProgress`; of a model `layer` (required) and `samples` too.
 * @returns encoder, decoder and biases, the share of variance that is explained, and how often each code is used; of a
 * model `directions` too.
 * @throws {VitrineError} if `active` is more than `size`, the activations are all the same or not finite, the layer is
 * unknown, or an option is out of its range.
 * @example
 * ```ts
 * import { fitSparseCodes } from 'vitrine/visualization';
 * const { directions, explainedVariance, dead } = await fitSparseCodes(model, x, {
 *   layer: 'conv3',
 *   size: 16,
 *   active: 2,
 *   steps: 20,
 * });
 * console.log(directions.length, explainedVariance, dead);
 * ```
 */
export async function fitSparseCodes(
  model: Model,
  images: ImageSource,
  options: LayerSparseCodesOptions,
): Promise<LayerSparseCodes>;
/**
 * Learns sparse codes of activations that were read before, in the same way.
 *
 * @param activations `[m, u]`, or a layer's `[n, h, w, u]`, each position a vector.
 * @param options `size`, `active` (required), `steps`, `learningRate`, `batchSize` (vectors in a step; 256), `seed`, `signal`,
 * `onProgress`.
 * @returns encoder, decoder and biases, the share of variance that is explained, and how often each code is used.
 * @throws {VitrineError} if `active` is more than `size`, or the activations are all the same or not finite.
 * @example
 * ```ts
 * import { fitSparseCodes } from 'vitrine/visualization';
 * const activations = { shape: [40, 3], data: Float32Array.from({ length: 120 }, (_, i) => Math.sin(i * i)) };
 * const { decoder } = await fitSparseCodes(activations, { size: 6, active: 1, steps: 20 });
 * console.log(decoder.shape); // [6, 3]
 * ```
 */
export async function fitSparseCodes(activations: NdArray, options: SparseCodesOptions): Promise<SparseCodes>;
export async function fitSparseCodes(
  source: Model | NdArray,
  second: ImageSource | SparseCodesOptions,
  third?: LayerSparseCodesOptions,
): Promise<SparseCodes> {
  // Of two arguments the first can be no model, which needs images and options.
  return third === undefined
    ? fitToArray(source as NdArray, second as SparseCodesOptions)
    : fitToModel(source as Model, second as ImageSource, third);
}

async function fitToArray(activations: NdArray, options: SparseCodesOptions): Promise<SparseCodes> {
  assertOptions(options, checks);
  assertSize(options);
  assertActivations(activations);
  const units = activations.shape.at(-1) as number;
  const { ...own } = options;
  const [{ data: values }] = await owned(activations);
  return fitted({ count: values.length / units, units, values }, own);
}

async function fitToModel(
  model: Model,
  images: ImageSource,
  options: LayerSparseCodesOptions,
): Promise<LayerSparseCodes> {
  assertOptions(options, layerChecks);
  assertSize(options);
  const { layer, samples, ...own } = options;
  const rows = await layerRows(model, await imagesOf(images), { ...own, layer, samples });
  const codes = await fitted(rows, own);
  return { ...codes, layer, directions: directionsOf(layer, codes.decoder) };
}

function assertSize({ size, active }: SparseCodesOptions): void {
  assertInteger('active', active, [1, size]);
}
