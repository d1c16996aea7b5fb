import { eventLoopTurn } from '../../../backend/inTurn.ts';
import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { UnknownAnswer } from './types.ts';

/** Who is asked. */
interface Asking {
  readonly oracle: (example: number) => boolean | Promise<boolean>;
  readonly answers?: readonly UnknownAnswer[];
  readonly signal?: AbortSignal;
}

/** What is known, or else what the oracle says; a signal ends the waiting for it. */
export function answersOf({ oracle, answers = [], signal }: Asking): (example: number) => Promise<boolean> {
  const known = new Map(answers.map(({ example, wrong }) => [example, wrong]));
  return async (example) => {
    await eventLoopTurn();
    signal?.throwIfAborted();
    const answer: unknown = known.get(example) ?? (await unlessAborted(oracle(example), signal));
    if (typeof answer === 'boolean') return answer;
    throw new VitrineError(
      'bad-argument',
      `"oracle" expected to answer true or false for example ${example}, got ${describe(answer)}`,
    );
  };
}

/** The value of a promise, or the reason of a signal that comes before it. */
async function unlessAborted<T>(waiting: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return waiting;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([waiting, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
