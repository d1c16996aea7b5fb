import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../numeric/ndarray.ts';
import { isSliced, type Sliced } from '../numeric/sliced.ts';

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

/** Runs a single job as {@link inTurn} does, and gives what it returns. */
export async function onceInTurn<K extends string>(
  job: () => Record<K, Tensor>,
  signal: AbortSignal | undefined,
): Promise<Record<K, NdArray>> {
  let found = {} as Record<K, NdArray>;
  const keep = (part: Record<K, NdArray>): void => {
    found = part;
  };
  await inTurn([0], job, keep, signal);
  return found;
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

/** How many operations are done between two turns of the event loop: some 10 to 20 milliseconds. */
export const SLICE = 10_000_000;

/**
 * Does long mathematics a slice at a time: before each, the first one too, the event loop has its turn and the signal
 * is checked.
 *
 * @throws the signal's reason, once the slice in hand is done.
 */
export async function inSlices<T>(
  work: Sliced<T>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  signal?.throwIfAborted();
  for (;;) {
    await eventLoopTurn();
    signal?.throwIfAborted();
    const step = nextSlice(work, signal);
    if (step.done) return step.value;
  }
}

function nextSlice<T>(work: Sliced<T>, signal: AbortSignal | undefined): IteratorResult<number, T> {
  let step = work.next();
  for (let done = 0; !step.done; step = work.next()) {
    done += step.value;
    if (done >= SLICE) break;
    // The work itself may have called back.
    signal?.throwIfAborted();
  }
  return step;
}

/** All calls wait in one line: Node lets all that wait for its next turn go on in one turn together. */
let line: Promise<void> = Promise.resolve();

/**
 * Lets timers, requests, rendering and aborts have their turn; on wasm and cpu reading a tensor alone does not. Of calls
 * that run at the same time each goes on in a turn of its own.
 */
export function eventLoopTurn(): Promise<void> {
  line = line.then(nextTurn);
  return line;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else postMessage(resolve);
  });
}

/** Of browsers' ways to the next turn the one that is not held back by some milliseconds, as timers are. */
function postMessage(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(undefined);
}
