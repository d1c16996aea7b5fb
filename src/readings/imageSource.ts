import type { Tensor } from '@tensorflow/tfjs-core';
import { owned } from '../backend/owned.ts';
import type { Network } from '../network/network.ts';
import type { Input } from '../network/types.ts';
import { readInputs } from '../network/walk/inputs.ts';
import { type NdArray, rowOf } from '../numeric/ndarray.ts';
import { assertDataset, type Dataset, iterate } from './dataset.ts';
import type { LabelledImage } from './labels.ts';

/**
 * Images, as a model takes them: a batch `[n, …]`, as tensor or array; a list or another collection of examples and
 * batches; or a function that begins a reading of such, for what does not fit into memory. A labelled data set will do as
 * well: its labels are not looked at.
 */
export type ImageSource = ImageDataset | NdArray | Tensor;

/** A data set of examples and batches, or of images with labels. */
export type ImageDataset = Dataset<Input | Pick<LabelledImage, 'image'>>;

/**
 * Images as a data set. A batch is copied now, before anything is awaited; items of a data set when they are reached.
 *
 * @throws {VitrineError} if they are none, or can be read only once.
 */
export async function imagesOf(images: ImageSource, argument = 'images'): Promise<ImageDataset> {
  if (isBatch(images)) return owned(images);
  assertDataset(argument, images);
  return images;
}

/** The examples and batches of a data set, each checked and copied, as one array for each input of the model. */
export async function* inputsOf(
  network: Network,
  images: ImageDataset,
  argument = 'images',
): AsyncGenerator<readonly NdArray[]> {
  for await (const item of iterate(images, argument)) {
    const [own] = await owned(isLabelled(item) ? item.image : item);
    yield readInputs(network, own, argument);
  }
}

/** Visits the images at some places, in their order, each as a batch of one for each input of the model. */
export async function visitImagesAt(
  network: Network,
  images: ImageDataset,
  chosen: ChosenImages,
  visit: (inputs: readonly NdArray[], image: number) => void | Promise<void>,
): Promise<void> {
  for await (const { inputs, image } of imagesAt(network, images, chosen)) await visit(inputs, image);
}

/** Which images are read. */
export interface ChosenImages {
  readonly places: ReadonlySet<number>;
  readonly signal?: AbortSignal | undefined;
}

/** The images at some places, in their order, each as a batch of one for each input of the model. */
export async function* imagesAt(
  network: Network,
  images: ImageDataset,
  { places, signal }: ChosenImages,
): AsyncGenerator<{ readonly inputs: readonly NdArray[]; readonly image: number }> {
  let image = 0;
  for await (const batch of inputsOf(network, images)) {
    signal?.throwIfAborted();
    for (let row = 0; row < (batch[0]?.shape[0] as number); row++, image++) {
      if (!places.has(image)) continue;
      const inputs = batch.map((all) => ({ shape: [1, ...all.shape.slice(1)], data: rowOf(all, row).slice() }));
      yield { inputs, image };
    }
  }
}

function isBatch(images: ImageSource): images is NdArray | Tensor {
  return typeof images === 'object' && images !== null && 'shape' in images;
}

function isLabelled(item: Input | Pick<LabelledImage, 'image'>): item is Pick<LabelledImage, 'image'> {
  return typeof item === 'object' && item !== null && 'image' in item;
}
