/** What threads share besides the memory of the kernels, in words of 32 bits: one job at a time. */
export const WORD = {
  /** Which parts nobody has begun, a bit each: who takes one out computes it. Threads without work wait for a change. */
  left: 0,
  /** How many parts are computed. */
  done: 1,
  /** How many threads sleep. */
  asleep: 2,
  /** Whether a part has failed. */
  failed: 3,
  /** Of the job: which build, which of its kernels by its place, how many numbers it takes, and in how many parts. */
  build: 4,
  kernel: 5,
  count: 6,
  parts: 7,
} as const;

/** How many words these are, and how many numbers a kernel takes at most. */
export const WORDS = 8;
export const NUMBERS = 64;

/** What threads work on. */
export interface Board {
  readonly memory: WebAssembly.Memory;
  /** The builds that the engine takes. */
  readonly modules: readonly (WebAssembly.Module | undefined)[];
  readonly words: Int32Array;
  /** What the kernel takes. */
  readonly numbers: Float64Array;
  /** How many threads there are, the one that calls kernels among them, which is the first. */
  readonly threads: number;
}

/** For how many milliseconds a thread looks for the next job before it sleeps: to wake it takes longer than many a job. */
export const AWAKE = 2;

/**
 * The program of a thread, which is given a board and its own place among the threads. Of each job it takes parts as long
 * as any is left, first those of its place, which read what the same parts of the job before have written. All of a job is
 * read after a part was taken: until that one is done no other job takes its place.
 *
 * It is text, so that no bundler shortens names in it or puts it in a file; the same runs in pages and in Node.
 */
export const program: string = `'use strict';
const run = ({ memory, modules, words, numbers, threads }, place, report) => {
  const builds = modules.map((module) => module && Object.values(new WebAssembly.Instance(module, { env: { memory } }).exports));
  const taken = (left) => {
    const own = Math.floor((place * words[${WORD.parts}]) / threads);
    const from = (left >>> own) << own || left;
    const bit = from & -from;
    return Atomics.and(words, ${WORD.left}, ~bit) & bit;
  };
  const compute = (part) => {
    const kernel = builds[words[${WORD.build}]][words[${WORD.kernel}]];
    try {
      kernel(...numbers.subarray(0, words[${WORD.count}]), part, words[${WORD.parts}]);
    } catch {
      Atomics.store(words, ${WORD.failed}, 1);
    }
    Atomics.add(words, ${WORD.done}, 1);
    Atomics.notify(words, ${WORD.done});
  };
  report('ready');
  let awakeUntil = 0;
  for (;;) {
    const left = Atomics.load(words, ${WORD.left});
    if (left > 0) {
      const bit = taken(left);
      if (bit) compute(31 - Math.clz32(bit));
      awakeUntil = performance.now() + ${AWAKE};
    } else if (performance.now() > awakeUntil) {
      Atomics.add(words, ${WORD.asleep}, 1);
      Atomics.wait(words, ${WORD.left}, left);
      Atomics.sub(words, ${WORD.asleep}, 1);
      awakeUntil = performance.now() + ${AWAKE};
    }
  }
};
if (typeof require === 'function') {
  const { parentPort, workerData } = require('node:worker_threads');
  run(...workerData, (message) => parentPort.postMessage(message));
} else {
  onmessage = ({ data }) => run(...data, (message) => postMessage(message));
}
`;
