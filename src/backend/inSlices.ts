import type { Sliced } from '../numeric/sliced.ts';
import { eventLoopTurn } from './eventLoopTurn.ts';

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
