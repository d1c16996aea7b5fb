import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../numeric/ndarray.ts';
import { isSliced, type Sliced } from '../numeric/sliced.ts';
import { eventLoopTurn } from './eventLoopTurn.ts';
import { inSlices } from './inSlices.ts';

/**
 * Runs a job on one item after the other and hands over what it returns as plain arrays. A job is synchronous and runs
 * in a `tf.tidy`; before each, the first one too, the event loop has its turn and the signal is checked.
 *
 * @param job must return new tensors.
 * @param consume long mathematics may be returned as a generator, and is done in slices.
 * @throws the signal's reason, once what the last job has made is read and freed.
 */
export async function inTurn<T, K extends string>(
  items: Iterable<T>,
  job: (item: T) => Record<K, Tensor>,
  consume: (part: Record<K, NdArray>, item: T) => void | Sliced<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  for (const item of items) {
    await eventLoopTurn();
    signal?.throwIfAborted();
    const work = consume(await readAll(tf.tidy(() => job(item))), item);
    if (isSliced(work)) await inSlices(work, { signal });
  }
  signal?.throwIfAborted();
}

/** The values of a tensor as a plain array of 32-bit floats. */
export async function readTensor(tensor: Tensor): Promise<NdArray> {
  return { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}

/** Reads tensors into plain arrays and frees them, also when reading fails. */
async function readAll<K extends string>(tensors: Record<K, Tensor>): Promise<Record<K, NdArray>> {
  const entries = Object.entries(tensors) as [K, Tensor][];
  try {
    const read = entries.map(async ([name, tensor]): Promise<[K, NdArray]> => [name, await readTensor(tensor)]);
    return Object.fromEntries(await Promise.all(read)) as Record<K, NdArray>;
  } finally {
    entries.forEach(([, tensor]) => tensor.dispose());
  }
}
