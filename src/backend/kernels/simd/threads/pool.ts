import {
  alone,
  chosen,
  type Instance,
  instancesOn,
  type Kernel,
  type KernelRunner,
  kernelsOf,
  runWhole,
  type SimdKernels,
  type SimdModules,
} from '../instances.ts';
import { type Job, type Outcome, runJob } from './job.ts';
import { newPause } from './pause.ts';
import { type Board, NUMBERS, program, WORDS } from './program.ts';
import type { StartThread, Thread } from './startThread.ts';

/** Kernels of which several threads compute parts. */
export interface Pool extends KernelRunner {
  /** How many threads compute, the one that calls among them: 1 once the others were given up. */
  threadCount(): number;
  /** Ends the other threads: the one that calls goes on alone. */
  end(): void;
}

/** Where a part reads and writes fewer numbers, to share them takes longer than to compute them. */
const NUMBERS_PER_PART = 16384;

/** How threads run; tests change it. */
interface Settings {
  readonly program: string;
  /** How many hundredths of a second a thread may need for what it has begun after all others are done. */
  readonly patience: number;
}

/**
 * Starts threads that help to run kernels on a shared memory. The one that calls a kernel computes what none of them has
 * begun: one that sleeps or is kept busy elsewhere only does not help. Where threads are slow, as on a machine with other
 * work, it goes on without them for a while. Rejects with what a thread that does not start says.
 *
 * @param count How many threads, the one that calls among them.
 */
export async function startPool(
  memory: WebAssembly.Memory,
  modules: SimdModules,
  count: number,
  start: StartThread,
  settings: Settings = { program, patience: 1000 },
): Promise<Pool> {
  const instances = instancesOn(memory, modules);
  const builds = [instances('plain'), instances('relaxed')];
  const board: Board = {
    threads: count,
    memory,
    modules: builds.map((build) => build?.module),
    words: new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)),
    numbers: new Float64Array(new SharedArrayBuffer(NUMBERS * Float64Array.BYTES_PER_ELEMENT)),
  };
  const places = Array.from({ length: count - 1 }, (_, i) => i + 1);
  const threads = await allOrNone(places.map((place) => start(settings.program, [board, place])));
  const run = (kernel: Kernel, job: Job): Outcome => runJob(kernel, job, board, settings.patience);
  const inParts = partsOf(builds, threads, run);
  const sole = alone(instances);
  // One for each thread: with more, weights that each part reads cost more than an even share gives.
  const mostParts = (): number => (threads.length ? count : 1);
  return {
    isRelaxed: instances('relaxed') !== undefined,
    get parts() {
      return mostParts();
    },
    kernels(build, numbers = 0) {
      const instance = chosen(instances, build);
      const parts = Math.min(mostParts(), Math.floor(numbers / NUMBERS_PER_PART));
      return instance && parts > 1 ? inParts(instance, parts) : sole?.kernels(build);
    },
    threadCount: () => threads.length + 1,
    end: () => end(threads),
  };
}

async function allOrNone(starts: readonly Promise<Thread>[]): Promise<Thread[]> {
  try {
    return await Promise.all(starts);
  } catch (error) {
    for (const result of await Promise.allSettled(starts)) {
      if (result.status === 'fulfilled') result.value.terminate();
    }
    throw error;
  }
}

function end(threads: Thread[]): void {
  for (const thread of threads.splice(0)) thread.terminate();
}

/** Kernels run in a number of parts: made once for each number. */
function partsOf(
  builds: readonly (Instance | undefined)[],
  threads: Thread[],
  run: (kernel: Kernel, job: Job) => Outcome,
): (instance: Instance, parts: number) => SimdKernels {
  const made = builds.map((): SimdKernels[] => []);
  const pause = newPause();
  return (instance, parts) => {
    const build = builds.indexOf(instance);
    const ofBuild = made[build] as SimdKernels[];
    ofBuild[parts] ??= kernelsOf(instance, (kernel, numbers, place) => {
      if (!threads.length || pause.isOn()) return runWhole(kernel, numbers, place);
      const outcome = run(kernel, { build, kernel: place, numbers, parts });
      if (typeof outcome === 'number') return pause.note(outcome);
      if (outcome === 'late') end(threads);
      // All of it: what others have begun may be computed twice. If it failed because it must, it does so here.
      runWhole(kernel, numbers, place);
    });
    return ofBuild[parts];
  };
}
