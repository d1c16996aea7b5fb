import * as tf from '@tensorflow/tfjs-core';
import { memoryOfKernels, setRunner, startSimd } from '../kernels/simd/simd.ts';
import type { Pool } from '../kernels/simd/threads/pool.ts';
import { threadStarter } from '../kernels/simd/threads/startThread.ts';

/** How a backend computes: by threads, or why not by as many as were asked for. */
interface Threads {
  readonly pool?: Pool;
  readonly refusal?: string;
}

// Threads compute on the memory of one backend and end with it.
const threads = new WeakMap<object, Threads>();

/**
 * In how many threads the kernels of a backend run, and why in one where more were asked for; undefined if nobody asked.
 */
export function threadsOf(
  backend: object,
): { readonly count: number; readonly refusal: string | undefined } | undefined {
  const state = threads.get(backend);
  if (!state) return undefined;
  const count = state.pool?.threadCount() ?? 1;
  const isGivenUp = state.pool !== undefined && count === 1;
  return { count, refusal: isGivenUp ? 'a thread did not come back from its work' : state.refusal };
}

/** Has the kernels of the current backend, wasm, run in so many threads from now on, or in one where that cannot be. */
export async function useThreads(count: number): Promise<void> {
  const backend = tf.backend();
  if (threadsOf(backend)?.count === count) return;
  if (!threads.has(backend)) endWith(backend);
  endThreads(backend);
  const asked: Threads = {};
  threads.set(backend, asked);
  if (count === 1) return;
  const started = await startThreads(backend, count).catch((error: unknown): Threads => ({ refusal: reasonOf(error) }));
  // Meanwhile another number may be asked for, or the backend be gone.
  if (threads.get(backend) !== asked) return started.pool?.end();
  threads.set(backend, started);
  if (started.pool) setRunner(backend, started.pool);
}

async function startThreads(backend: object, count: number): Promise<Threads> {
  const [modules, { startPool }] = await Promise.all([
    import('../kernels/simd/simd.generated.ts'),
    import('../kernels/simd/threads/pool.ts'),
  ]);
  startSimd(modules);
  const memory = memoryOfKernels(backend);
  const starter = threadStarter();
  if (typeof starter === 'string') throw new Error(starter);
  if (!memory) throw new Error('this engine does not take the kernels that threads run');
  if (memory.buffer instanceof ArrayBuffer) {
    throw new Error(
      'the backend has started on a memory of its own; useBackend must start it, for more than one thread',
    );
  }
  return { pool: await startPool(memory, modules, count, starter) };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends the threads of a backend when it is removed. */
function endWith(backend: tf.KernelBackend): void {
  const { dispose } = backend;
  backend.dispose = () => {
    endThreads(backend);
    dispose.call(backend);
  };
}

function endThreads(backend: object): void {
  threads.get(backend)?.pool?.end();
  threads.set(backend, {});
}
