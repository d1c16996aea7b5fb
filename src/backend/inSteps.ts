import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../numeric/ndarray.ts';
import { inTurn } from './inTurn.ts';

/** Steps, each of which goes on from the tensors that the last one left. */
export interface Steps<K extends string> {
  /** What there is before the first step: new tensors, made in a `tf.tidy`. */
  readonly start: () => readonly Tensor[];
  /** The number of the first step, 0 by default, and of the last. */
  readonly first?: number;
  readonly last: number;
  /** Synchronous and in a `tf.tidy`; what it returns must be new tensors. Without `next` everything stays as it is. */
  readonly step: (
    state: readonly Tensor[],
    step: number,
  ) => { readonly next?: readonly Tensor[]; readonly read: Record<K, Tensor> };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Goes through steps; the event loop has its turn before each, and what there is to read is handed over after each.
 *
 * @param consume is handed `stop` too, for when no further step is needed.
 * @param finish is given what the last step left, and frees nothing.
 * @returns what `finish` makes of it.
 * @throws the signal's reason, once everything is freed.
 */
export async function inSteps<K extends string, R>(
  { start, first = 0, last, step, signal }: Steps<K>,
  consume: (part: Record<K, NdArray>, step: number, stop: () => void) => void,
  finish: (state: readonly Tensor[]) => Promise<R>,
): Promise<R> {
  signal?.throwIfAborted();
  let state: readonly Tensor[] = [];
  let isEnough = false;
  function* numbers(): Iterable<number> {
    for (let i = first; i <= last && !isEnough; i++) yield i;
  }
  const keep = (next: readonly Tensor[]): void => {
    const kept = next.map((tensor) => tf.keep(tensor));
    state.filter((tensor) => !kept.includes(tensor)).forEach((tensor) => tensor.dispose());
    state = kept;
  };
  try {
    tf.tidy(() => keep(start()));
    await inTurn(
      numbers(),
      (i) => {
        const { next, read } = step(state, i);
        if (next) keep(next);
        return read;
      },
      (part, i) =>
        consume(part, i, () => {
          isEnough = true;
        }),
      signal,
    );
    return await finish(state);
  } finally {
    state.forEach((tensor) => tensor.dispose());
  }
}
