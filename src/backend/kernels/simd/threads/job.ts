import type { Kernel } from '../instances.ts';
import { AWAKE, type Board, WORD } from './program.ts';

/** What a job is made of: a kernel, by its build and its place there, what it takes, and in how many parts. */
export interface Job {
  readonly build: number;
  readonly kernel: number;
  readonly numbers: readonly number[];
  readonly parts: number;
}

/**
 * How a job ended: how many milliseconds the other threads have saved, less what they were waited for, if all is computed;
 * else whether a part failed or a thread did not come back.
 */
export type Outcome = number | 'failed' | 'late';

/** What threads and the one that calls have in common while a job is done. */
type Sheet = Pick<Board, 'words' | 'numbers'>;

/** How many milliseconds the one that calls waits at a time. */
const SLICE = 10;

/**
 * Runs a kernel together with the threads that look at a board: computes what none of them has begun, then waits for what
 * they have.
 *
 * @param patience How many hundredths of a second to wait.
 */
export function runJob(kernel: Kernel, job: Job, { words, numbers }: Sheet, patience: number): Outcome {
  numbers.set(job.numbers);
  words[WORD.build] = job.build;
  words[WORD.kernel] = job.kernel;
  words[WORD.count] = job.numbers.length;
  words[WORD.parts] = job.parts;
  words[WORD.failed] = 0;
  words[WORD.done] = 0;
  // From here on the others may begin.
  Atomics.store(words, WORD.left, 2 ** job.parts - 1);
  if (Atomics.load(words, WORD.asleep) > 0) Atomics.notify(words, WORD.left);
  const begin = performance.now();
  const own = computeRest(kernel, job, words);
  const end = performance.now();
  if (!finished(words, job.parts - own, patience)) return 'late';
  if (Atomics.load(words, WORD.failed) !== 0) return 'failed';
  const saved = own > 0 ? ((end - begin) / own) * (job.parts - own) : 0;
  return saved - (performance.now() - end);
}

/** Computes parts, the first ones first, until none is left; returns how many. */
function computeRest(kernel: Kernel, { numbers, parts }: Job, words: Int32Array): number {
  let own = 0;
  for (let left = Atomics.load(words, WORD.left); left > 0; left = Atomics.load(words, WORD.left)) {
    const bit = left & -left;
    if (!(Atomics.and(words, WORD.left, ~bit) & bit)) continue;
    own++;
    try {
      kernel(...numbers, 31 - Math.clz32(bit), parts);
    } catch {
      Atomics.store(words, WORD.failed, 1);
    }
  }
  return own;
}

/**
 * Waits until others have computed so many parts. Time is counted in slices, of which one may take an hour where a machine
 * was asleep meanwhile.
 */
function finished(words: Int32Array, count: number, patience: number): boolean {
  if (Atomics.load(words, WORD.done) === count) return true;
  const until = performance.now() + AWAKE;
  while (performance.now() < until) {
    if (Atomics.load(words, WORD.done) === count) return true;
  }
  for (let slice = 0; slice < patience; slice++) {
    const done = Atomics.load(words, WORD.done);
    if (done === count) return true;
    waitForChange(words, done);
  }
  return false;
}

/** Waits until another part is computed, at most for a slice: asleep but in a page, which may not sleep. */
function waitForChange(words: Int32Array, done: number): void {
  try {
    Atomics.wait(words, WORD.done, done, SLICE);
  } catch {
    const until = performance.now() + SLICE;
    while (Atomics.load(words, WORD.done) === done && performance.now() < until);
  }
}
