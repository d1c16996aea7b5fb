import * as tf from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type BackendDescription, describeBackend, THREADS } from './describeBackend.ts';
import { probeFailure } from './probe.ts';
import { watchWorkers } from './watchedWorkers.ts';
import { withoutThrowers } from './withoutThrowers.ts';

/**
 * Chooses the tfjs backend: the first of those named that is registered, starts, and computes a small convolution
 * rightly.
 *
 * A backend is registered by importing its package, such as `@tensorflow/tfjs-backend-wasm`; none is imported here.
 * Tensors that live on another backend are better disposed of before. In a page that is isolated from others wasm
 * computes in several threads; where these do not start, as in many bundles, it is told in `warnings` and one thread
 * does. In Node, listeners for errors that Emscripten leaves on `process` are taken away.
 *
 * @param preferred The name of a backend, or several in the order to try them; webgpu, wasm, webgl, cpu by default.
 * @returns The name of the backend now in use, its features and what to beware of.
 * @throws {VitrineError} if `preferred` is neither a name nor names, or empty.
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
): Promise<BackendDescription> {
  const names = namesOf(preferred);
  const former = tf.getBackend();
  const failures: string[] = [];
  for (const name of names) {
    const failure = await startFailure(name);
    if (failure === undefined) return describeBackend();
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

/** Why a backend cannot be used; undefined if it is now in use. */
async function startFailure(name: string): Promise<string | undefined> {
  if (!tf.engine().backendNames().includes(name)) return 'is not registered';
  const failure = (await canUseThreads(name)) ? await failureWithThreads(name) : await failureOf(name);
  return failure === undefined ? probeFailure() : `does not start: ${failure}`;
}

async function failureOf(name: string): Promise<string | undefined> {
  const { started, last } = startReasons(name);
  return (await withoutThrowers(() => started)) ? undefined : (last() ?? 'tfjs gives no reason');
}

/** Only in pages that are isolated from others. */
async function canUseThreads(name: string): Promise<boolean> {
  return name === 'wasm' && typeof Worker === 'function' && Boolean(await tf.env().getAsync(THREADS));
}

/**
 * tfjs makes the program of its threads of the text of a function, which no longer runs by itself where a bundler has
 * shortened names: the threads fail, and the start waits for them for ever. Then one thread does.
 */
async function failureWithThreads(name: string): Promise<string | undefined> {
  const workers = watchWorkers();
  try {
    const threadFailure = await Promise.race([failureOf(name), workers.failure.then((reason) => ({ reason }))]);
    if (typeof threadFailure !== 'object') return threadFailure;
    workers.terminate();
  } finally {
    workers.unwatch();
  }
  tf.env().set(THREADS, false);
  return failureOf(name);
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
