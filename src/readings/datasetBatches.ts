import type { Tensor } from '@tensorflow/tfjs-core';
import { inTurn } from '../backend/inTurn.ts';
import { owned } from '../backend/owned.ts';
import type { Network } from '../network/network.ts';
import type { Input, RunOptions } from '../network/types.ts';
import { checkedBatchSize, concatenated } from '../network/walk/batches.ts';
import { readInputs, rowsOf } from '../network/walk/inputs.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf } from '../numeric/ndarray.ts';
import type { Sliced } from '../numeric/sliced.ts';
import { type Dataset, iterate } from './dataset.ts';

/** What the examples of a data set are read for. */
export interface DatasetPlan extends RunOptions {
  readonly stage: string;
}

/** What is done with each batch: on the backend, then with what was read from there, at once or in slices. */
export interface DatasetWork<K extends string> {
  readonly job: (rows: readonly Tensor[]) => Record<K, Tensor>;
  readonly consume: (part: Record<K, NdArray>) => void | Sliced<void>;
}

/**
 * Runs a job on the examples of a data set, as many together as a batch holds whatever its items are, and hands over
 * what it returns. How many there are is not known before the end: the total that is reported is infinite.
 *
 * @returns the number of examples.
 * @throws the signal's reason, or@throws {VitrineError} if the data set is empty.
 */
export async function forEachDatasetBatch<K extends string>(
  network: Network,
  dataset: Dataset<Input>,
  plan: DatasetPlan,
  work: DatasetWork<K>,
): Promise<number> {
  const done = await forEachPartBatch(network, dataset, plan, work);
  if (done === 0) throw new VitrineError('bad-argument', '"dataset" expected at least one example, got none');
  return done;
}

/** The same for a part of a data set, which may be empty. */
export async function forEachPartBatch<K extends string>(
  network: Network,
  dataset: Dataset<Input>,
  { stage, signal, onProgress, batchSize }: DatasetPlan,
  { job, consume }: DatasetWork<K>,
): Promise<number> {
  let done = 0;
  signal?.throwIfAborted();
  for await (const batch of batchesOf(network, dataset, checkedBatchSize(batchSize))) {
    const count = countOf(batch);
    const rows = (arrays: readonly NdArray[]): readonly Tensor[] => arrays.map((array) => rowsOf(array, 0, count));
    await inTurn([batch], (arrays) => job(rows(arrays)), consume, signal);
    done += count;
    onProgress?.({ stage, done, total: Number.POSITIVE_INFINITY });
    signal?.throwIfAborted();
  }
  return done;
}

/**
 * The examples in groups of `size`, or fewer at the end and where pictures of another size follow; per group one array
 * for each input of the model.
 */
async function* batchesOf(network: Network, dataset: Dataset<Input>, size: number): AsyncGenerator<readonly NdArray[]> {
  let waiting: readonly NdArray[] = [];
  for await (const item of iterate(dataset)) {
    const [own] = await owned(item);
    const read = await readInputs(network, own, 'dataset');
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
