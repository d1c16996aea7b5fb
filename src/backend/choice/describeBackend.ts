import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import { eventLoopTurn } from '../inTurn.ts';
import { missingKernels } from '../training/trainingKernels.ts';
import { precision } from './probe.ts';
import { threadsOf } from './threads.ts';

/** What tfjs calls whether wasm computes in several threads. */
export const THREADS = 'WASM_HAS_MULTITHREAD_SUPPORT';

/** What a backend can do. */
export interface BackendFeatures {
  /** Bits of the numbers that it computes with. */
  readonly precision: 16 | 32;
  /** Whether it uses the SIMD instructions of WebAssembly. */
  readonly simd: boolean;
  /** Whether it computes in several threads. */
  readonly threads: boolean;
  /** In how many, the one that calls among them: those of `useBackend`, or else tfjs's own. */
  readonly threadCount: number;
  /** Whether it has all that `model.fit` needs for convolutions, depthwise convolutions and embeddings. */
  readonly training: boolean;
}

/** A tfjs backend: what it can do, and what to beware of. */
export interface BackendDescription {
  /** The name tfjs has for it: `webgpu`, `wasm`, `webgl`, `cpu`. */
  readonly name: string;
  readonly features: BackendFeatures;
  /** One sentence for each thing that it does wrongly or not at all; empty if nothing is known. */
  readonly warnings: readonly string[];
}

/**
 * Tells what the current tfjs backend can do and what to beware of.
 *
 * @returns Its name, features and warnings.
 * @throws {VitrineError} if no backend is registered.
 *
 * @example
 * ```ts
 * import { describeBackend } from 'vitrine';
 * const { name, features, warnings } = await describeBackend();
 * console.log(`${name}, ${features.precision} bit`, ...warnings);
 * ```
 */
export async function describeBackend(): Promise<BackendDescription> {
  if (!tf.engine().backendNames().length) {
    throw new VitrineError(
      'unsupported',
      'no backend is registered: import one, for example "@tensorflow/tfjs-backend-wasm"',
    );
  }
  await tf.ready();
  await eventLoopTurn();
  const name = tf.getBackend();
  const missing = missingKernels(name).map(({ kernelName }) => kernelName);
  const threadCount = name === 'wasm' ? await countThreads() : 1;
  const features: BackendFeatures = {
    precision: precision(),
    simd: await wasmFlag(name, 'WASM_HAS_SIMD_SUPPORT'),
    threads: threadCount > 1,
    threadCount,
    training: missing.length === 0,
  };
  return { name, features, warnings: warningsOf(name, features, missing) };
}

/** The threads of the engine's kernels, or tfjs's own, which it tells by a function of its module. */
async function countThreads(): Promise<number> {
  const backend = tf.backend() as { readonly wasm?: { readonly tfjs?: { getThreadsCount?: () => number } } };
  const own = (await wasmFlag('wasm', THREADS)) ? (backend.wasm?.tfjs?.getThreadsCount?.() ?? 1) : 1;
  return Math.max(threadsOf(backend)?.count ?? 1, own);
}

// tfjs knows these flags only where the wasm backend is imported.
async function wasmFlag(name: string, flag: string): Promise<boolean> {
  return name === 'wasm' && Boolean(await tf.env().getAsync(flag));
}

function warningsOf(name: string, features: BackendFeatures, missing: readonly string[]): string[] {
  const warnings: string[] = [];
  if (name === 'wasm') {
    warnings.push(
      `tfjs's convolutions with padding 'same', a stride and a filter that is not square, or with two strides that differ, may give wrong numbers on wasm; vitrine's do not`,
    );
  }
  const asked = threadsOf(tf.backend());
  if (asked?.refusal) warnings.push(`the kernels on wasm run in one thread, not in several: ${asked.refusal}`);
  if (name === 'wasm' && globalThis.crossOriginIsolated && !asked) {
    warnings.push('wasm could compute in several threads in this page: useBackend("wasm") starts them');
  }
  if (missing.length) warnings.push(`model.fit may need ${missing.join(', ')}, not registered: call installKernels()`);
  if (features.precision === 16) warnings.push('numbers have 16 bits: maps are coarse and small differences are lost');
  return warnings;
}
