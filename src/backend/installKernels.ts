import * as tf from '@tensorflow/tfjs-core';
import { missingKernels } from './training/missingKernels.ts';

/**
 * Registers with tfjs the kernels that training needs and the current backend lacks, so that `model.fit` works there.
 *
 * wasm lacks the filter gradients of convolutions and depthwise convolutions, the input gradient of the latter, and the
 * gradient of embeddings. Nothing that is registered is replaced, and a second call does nothing. The maps of this
 * package do without.
 *
 * @returns The names of the kernels that it registered; none where none was missing.
 * @throws {VitrineError} if no backend is registered, or the one that is has not started: `await useBackend()` before.
 *
 * @example
 * ```ts
 * import { installKernels } from 'vitrine';
 * const names = installKernels();
 * console.log(names.length ? `registered ${names.join(', ')}` : 'nothing was missing');
 * ```
 */
export function installKernels(): readonly string[] {
  // A backend may be registered and yet not be chosen: the first use of it does.
  tf.backend();
  const missing = missingKernels(tf.getBackend());
  missing.forEach(tf.registerKernel);
  return missing.map(({ kernelName }) => kernelName);
}
