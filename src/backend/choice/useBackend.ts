import * as tf from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks } from '../../numeric/options.ts';
import { MOST_THREADS, threadStarter } from '../kernels/simd/threads/startThread.ts';
import { type BackendDescription, describeBackend, THREADS } from './describeBackend.ts';
import { onSharedMemory } from './onSharedMemory.ts';
import { probeFailure } from './probe.ts';
import { useThreads } from './threads.ts';
import { watchWorkers } from './watchedWorkers.ts';
import { withoutThrowers } from './withoutThrowers.ts';

/** How a backend computes. */
export interface BackendOptions {
  /**
   * In how many threads wasm computes convolutions and what goes with them, the one that calls among them; each must find
   * a core that is idle. By default, in a page that is isolated from others, one less than there are cores, at least 2 and
   * at most 8; elsewhere 1. Other backends do not look at it.
   */
  readonly threads?: number;
}

const checks: OptionChecks<BackendOptions> = { threads: integer(1, MOST_THREADS) };

/** The most threads by default: more of them add little to the work on one image. */
const DEFAULT_THREADS = 8;

/**
 * Chooses the tfjs backend: the first of those named that is registered, starts, and computes a small convolution
 * rightly.
 *
 * A backend is registered by importing its package, such as `@tensorflow/tfjs-backend-wasm`; none is imported here.
 * Tensors that live on another backend are better disposed of before. Threads share the memory of wasm, which must be
 * started by this call for that; where they cannot be had, `warnings` says why and one computes. They end with the
 * backend, and with the next call for another number. In Node, listeners for errors that Emscripten leaves on `process`
 * are taken away.
 *
 * @param preferred The name of a backend, or several in the order to try them; webgpu, wasm, webgl, cpu by default.
 * @param options `threads` of wasm.
 * @returns The name of the backend now in use, its features and what to beware of.
 * @throws {VitrineError} if `preferred` is neither a name nor names, or empty, or an option is wrong.
 * @throws {VitrineError} if none of them works; tells why for each, and the backend that was in use before is so again.
 *
 * @example
 * ```ts
 * import { useBackend } from 'vitrine';
 * const { name, warnings } = await useBackend();
 * console.log(`computing on ${name}`, ...warnings);
 * ```
 */
export async function useBackend(
  preferred: string | readonly string[] = ['webgpu', 'wasm', 'webgl', 'cpu'],
  options: BackendOptions = {},
): Promise<BackendDescription> {
  assertOptions(options, checks);
  const { threads = defaultThreads() } = options;
  const names = namesOf(preferred);
  const former = tf.getBackend();
  const failures: string[] = [];
  for (const name of names) {
    const failure = await startFailure(name, threads);
    if (failure === undefined) return describedWith(threads);
    failures.push(`${name} ${failure}`);
    if (former) await tf.setBackend(former);
  }
  const registered = tf.engine().backendNames();
  throw new VitrineError(
    'failed',
    `no backend works: ${failures.join('; ')}; registered are: ${registered.join(', ') || 'none'}`,
  );
}

function namesOf(preferred: string | readonly string[]): readonly string[] {
  const names: unknown = typeof preferred === 'string' ? [preferred] : preferred;
  if (Array.isArray(names) && names.length && names.every((name) => name && typeof name === 'string')) return names;
  throw new VitrineError(
    'bad-argument',
    `"preferred" expected the name of a backend or several, got ${describe(preferred)}`,
  );
}

/** All cores but one, which the page has other work for, though both of two. */
function defaultThreads(): number {
  const cores = (globalThis.crossOriginIsolated && globalThis.navigator?.hardwareConcurrency) || 1;
  return cores <= 2 ? cores : Math.min(DEFAULT_THREADS, cores - 1);
}

async function describedWith(threads: number): Promise<BackendDescription> {
  if (tf.getBackend() === 'wasm') await useThreads(threads);
  return describeBackend();
}

/** Why a backend cannot be used; undefined if it is now in use. */
async function startFailure(name: string, threads: number): Promise<string | undefined> {
  if (!tf.engine().backendNames().includes(name)) return 'is not registered';
  const failure = name === 'wasm' ? await failureOfWasm(threads) : await failureOf(name);
  return failure === undefined ? probeFailure() : `does not start: ${failure}`;
}

async function failureOf(name: string): Promise<string | undefined> {
  const { started, last } = startReasons(name);
  return (await withoutThrowers(() => started)) ? undefined : (last() ?? 'tfjs gives no reason');
}

/** Of several threads, on a memory that they share: that of tfjs's own threads where these start. */
async function failureOfWasm(threads: number): Promise<string | undefined> {
  if ('wasm' in tf.engine().registry) return failureOf('wasm');
  if (threads === 1 || typeof threadStarter() === 'string') return failureInOne();
  const failure = (await tf.env().getAsync(THREADS)) ? await failureInPage() : 'threads';
  return failure === 'threads' ? onSharedMemory(failureInOne) : failure;
}

/** Without the threads that tfjs may start in a page. */
async function failureInOne(): Promise<string | undefined> {
  tf.env().set(THREADS, false);
  return failureOf('wasm');
}

/**
 * tfjs makes the program of its threads of the text of a function, which no longer runs by itself where a bundler has
 * shortened names: the threads fail, and the start waits for them for ever.
 */
async function failureInPage(): Promise<string | undefined> {
  const workers = watchWorkers();
  try {
    const failure = await Promise.race([failureOf('wasm'), workers.failure.then(() => 'threads' as const)]);
    if (failure === 'threads') workers.terminate();
    return failure;
  } finally {
    workers.unwatch();
  }
}

/** tfjs only logs why a backend does not start: its factory is watched while it is called, which is at once. */
function startReasons(name: string): { started: Promise<boolean>; last: () => string | undefined } {
  const entry = tf.engine().registryFactory[name] as { factory: () => unknown };
  const { factory } = entry;
  let last: string | undefined;
  const note = (error: unknown): never => {
    last = (error as Partial<Error> | undefined)?.message ?? String(error);
    throw error;
  };
  entry.factory = () => {
    try {
      const made = factory();
      return made instanceof Promise ? made.catch(note) : made;
    } catch (error) {
      return note(error);
    }
  };
  try {
    return { started: tf.setBackend(name), last: () => last };
  } finally {
    entry.factory = factory;
  }
}
