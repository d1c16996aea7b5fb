import type { Tensor } from '@tensorflow/tfjs-core';
import { inTurn } from '../backend/inTurn.ts';
import type { Network } from '../network/network.ts';
import type { RunOptions } from '../network/types.ts';
import { checkedBatchSize, concatenated } from '../network/walk/batches.ts';
import { rowsOf } from '../network/walk/inputs.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf } from '../numeric/ndarray.ts';
import type { Sliced } from '../numeric/sliced.ts';
import type { ImageDataset } from './imageSource.ts';
import { inputsOf } from './imageSource.ts';

/** What images are read for. */
export interface ReadingPlan extends RunOptions {
  readonly stage: string;
  /** How many images there are; without it, how many is not known before the end, and the total is infinite. */
  readonly total?: number;
}

/** What is done with each batch: on the backend, then with what was read from there, at once or in slices. */
export interface BatchWork<K extends string> {
  readonly job: (rows: readonly Tensor[]) => Record<K, Tensor>;
  readonly consume: (part: Record<K, NdArray>) => void | Sliced<void>;
}

/**
 * Runs a job on images, as many together as a batch holds whatever the items of the data set are, and hands over what
 * it returns.
 *
 * @returns the number of images.
 * @throws the signal's reason; {VitrineError} if there is no image, or one is not as the model takes it.
 */
export async function forEachImageBatch<K extends string>(
  network: Network,
  images: ImageDataset,
  plan: ReadingPlan,
  work: BatchWork<K>,
): Promise<number> {
  const done = await forEachInputBatch(inputsOf(network, images), plan, work);
  if (done === 0) throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
  return done;
}

/** The same of inputs that are checked and the reader's own, of which there may be none. */
export async function forEachInputBatch<K extends string>(
  inputs: AsyncIterable<readonly NdArray[]>,
  { stage, signal, onProgress, batchSize, total = Number.POSITIVE_INFINITY }: ReadingPlan,
  { job, consume }: BatchWork<K>,
): Promise<number> {
  let done = 0;
  signal?.throwIfAborted();
  for await (const batch of batchesOf(inputs, checkedBatchSize(batchSize))) {
    const count = countOf(batch);
    const rows = (arrays: readonly NdArray[]): readonly Tensor[] => arrays.map((array) => rowsOf(array, 0, count));
    await inTurn([batch], (arrays) => job(rows(arrays)), consume, signal);
    done += count;
    onProgress?.({ stage, done, total });
    signal?.throwIfAborted();
  }
  return done;
}

/**
 * Inputs in groups of `size`, or fewer at the end and where pictures of another size follow; per group one array for
 * each input of the model.
 */
async function* batchesOf(inputs: AsyncIterable<readonly NdArray[]>, size: number): AsyncGenerator<readonly NdArray[]> {
  let waiting: readonly NdArray[] = [];
  for await (const read of inputs) {
    const fits = waiting.every(({ shape }, i) => sameShape(shape.slice(1), (read[i] as NdArray).shape.slice(1)));
    if (!fits) yield waiting;
    const before = fits ? waiting : [];
    const all = before.length === 0 ? read : read.map((array, i) => concatenated([before[i] as NdArray, array]));
    const count = countOf(all);
    let start = 0;
    for (; start + size <= count; start += size) yield all.map((array) => between(array, start, start + size));
    waiting = start === count ? [] : all.map((array) => between(array, start, count));
  }
  if (waiting.length > 0) yield waiting;
}

function between({ shape, data }: NdArray, start: number, end: number): NdArray {
  const size = sizeOf(shape.slice(1));
  return { shape: [end - start, ...shape.slice(1)], data: data.subarray(start * size, end * size) };
}

function countOf(arrays: readonly NdArray[]): number {
  return arrays[0]?.shape[0] as number;
}
