import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../backend/owned.ts';
import type { Site } from '../network/graph/graph.ts';
import type { Network } from '../network/network.ts';
import { layerAddress, runChecks } from '../network/runChecks.ts';
import type { Model, RunOptions } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, rowOf } from '../numeric/ndarray.ts';
import { assertOptions, callback, listOf, type OptionChecks, required } from '../numeric/options.ts';
import { isSliced, type Sliced } from '../numeric/sliced.ts';
import { forEachInputBatch, type ReadingPlan } from './imageBatches.ts';
import { type ImageSource, imagesOf, inputsOf } from './imageSource.ts';

/** Options of {@link forEachImage}. */
export interface ForEachImageOptions<L extends string = string> extends RunOptions {
  /** The addresses of the layers that are read. */
  readonly layers: readonly L[];
  /** Is handed what the layers make of an image, each without the axis of examples, and the image's place from 0. */
  readonly visit: (activations: Readonly<Record<L, NdArray>>, image: number) => void;
}

const checks: OptionChecks<ForEachImageOptions> = {
  ...runChecks,
  layers: required(listOf(layerAddress)),
  visit: required(callback),
};

/**
 * Reads what layers of a network make of images, one image after the other: for sums, counts and rankings over more
 * images than fit into memory.
 *
 * All layers are read in one pass. Images run together in batches, whatever they are given in; one batch at a time is
 * held, so what a visit does not keep is freed.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set; read once.
 * @param options `layers`, `visit`; `batchSize`, `signal`, `onProgress`.
 * @returns the number of images.
 * @throws {VitrineError} if a layer is unknown, an image is not as the model takes it, or there is none; the signal's reason.
 * @example
 * ```ts
 * import { forEachImage } from 'vitrine/readings';
 * const greatest: number[] = [];
 * const count = await forEachImage(model, x, {
 *   layers: ['conv3'],
 *   visit: ({ conv3 }, image) => {
 *     greatest[image] = Math.max(...conv3.data); // [rows, columns, units]
 *   },
 * });
 * console.log(count, greatest);
 * ```
 */
export async function forEachImage<L extends string>(
  model: Model,
  images: ImageSource,
  options: ForEachImageOptions<L>,
): Promise<number> {
  assertOptions(options, checks);
  const [source, [{ layers, visit, ...run }]] = await Promise.all([imagesOf(images), owned(options)]);
  return withNetwork(model, async (network) => {
    const sites = layers.map((layer) => network.site(layer, 'layers'));
    const named = (arrays: readonly NdArray[]): Readonly<Record<L, NdArray>> =>
      Object.fromEntries(layers.map((layer, i) => [layer, arrays[i]])) as Record<L, NdArray>;
    const count = await visitLayers(
      network,
      inputsOf(network, source),
      { ...run, stage: 'images', sites },
      (arrays, image) => visit(named(arrays), image),
    );
    if (count === 0) throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
    return count;
  });
}

/**
 * Visits what layers make of each image of some inputs. What is long about a visit may be returned as a generator, and
 * is done in slices.
 *
 * @returns the number of images.
 */
export function visitLayers(
  network: Network,
  inputs: AsyncIterable<readonly NdArray[]>,
  { sites, ...plan }: ReadingPlan & { readonly sites: readonly Site[] },
  visit: (activations: readonly NdArray[], image: number) => void | Sliced<void>,
): Promise<number> {
  let image = 0;
  return forEachInputBatch(inputs, plan, {
    job: (rows) => {
      const record = network.forward(rows, { taps: sites });
      return Object.fromEntries(sites.map((site, i) => [`${i}`, tf.clone(record.value(site))]));
    },
    *consume(part) {
      const batch = sites.map((_, i) => part[`${i}`] as NdArray);
      for (let row = 0; row < (batch[0]?.shape[0] as number); row++) {
        const own = batch.map((all): NdArray => ({ shape: all.shape.slice(1), data: rowOf(all, row) }));
        const work = visit(own, image++);
        if (isSliced(work)) yield* work;
      }
    },
  });
}
