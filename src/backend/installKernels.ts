import type { KernelConfig } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertOptions, flag } from '../numeric/options.ts';
import * as simd from './kernels/simd/simd.generated.ts';
import { startSimd } from './kernels/simd/simd.ts';
import type { TrainingKernel } from './training/trainingKernel.ts';
import { fastKernels, missingKernels } from './training/trainingKernels.ts';

/** How {@link installKernels} treats what is registered. */
export interface InstallKernelsOptions {
  /** Whether kernels that tfjs has on wasm are replaced by faster ones; false by default. */
  readonly replace?: boolean;
}

/** Undoes an {@link installKernels}: what it registered is gone, what it replaced is back. A second call does nothing. */
export interface InstalledKernels {
  (): void;
  /** The names of the kernels that were registered or replaced; none where none was missing. */
  readonly kernels: readonly string[];
}

/**
 * Registers with tfjs the kernels that training needs and the current backend lacks, so that `model.fit` works there.
 *
 * wasm lacks the filter gradients of convolutions and depthwise convolutions, the input gradient of the latter, and the
 * gradient of embeddings. By default nothing that is registered is replaced, and a second call does nothing. With
 * `replace`, on wasm only, what tfjs has there as loops over single numbers is replaced as well: the input gradients of
 * convolutions (which are also the values of transposed convolutions), the gradients of max and average pooling, and
 * products of transposed or of many matrices. Training is several times as fast then. Its numbers are tfjs's but for
 * rounding, and for max pooling where the maximum is not above zero, to which tfjs passes nothing on wasm. The maps of
 * this package need none of these kernels.
 *
 * @param options `replace`: whether slow kernels are replaced as well, on wasm.
 * @returns A function that undoes it, with the names of the `kernels`. Several may be undone in any order.
 * @throws {VitrineError} if an option is unknown or no boolean.
 * @throws {VitrineError} if no backend is registered, or the one that is has not started: `await useBackend()` before.
 *
 * @example
 * ```ts
 * import { installKernels } from 'vitrine';
 * const uninstall = installKernels({ replace: true });
 * console.log(`registered ${uninstall.kernels.join(', ') || 'nothing'}`);
 * uninstall();
 * ```
 */
export function installKernels(options: InstallKernelsOptions = {}): InstalledKernels {
  assertOptions(options, { replace: flag });
  // A backend may be registered and yet not be chosen: the first use of it does.
  tf.backend();
  startSimd(simd);
  const backendName = tf.getBackend();
  const kernels = options.replace ? fastKernels(backendName) : missingKernels(backendName);
  const installed = kernels.map(install);
  return Object.assign(() => installed.forEach(uninstall), { kernels: kernels.map(({ kernelName }) => kernelName) });
}

/** A registered kernel that knows what was there before it, so that several can go in any order. */
interface Installed extends KernelConfig {
  readonly before: KernelConfig | Installed | undefined;
  isUndone: boolean;
}

function install({ kernelName, backendName, compute }: TrainingKernel): Installed {
  const before = tf.getKernel(kernelName, backendName);
  const kernelFunc: KernelConfig['kernelFunc'] = (parameters) => compute(parameters, before);
  // With what tfjs does to the kernel when its backend starts or ends.
  const installed: Installed = { ...before, kernelName, backendName, kernelFunc, before, isUndone: false };
  if (before) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel(installed);
  return installed;
}

function uninstall(installed: Installed): void {
  installed.isUndone = true;
  const { kernelName, backendName } = installed;
  // Another one lies upon it, which then gives back what was before this one.
  if (tf.getKernel(kernelName, backendName) !== installed) return;
  tf.unregisterKernel(kernelName, backendName);
  const before = remaining(installed.before);
  if (before) tf.registerKernel(before);
}

function remaining(kernel: KernelConfig | Installed | undefined): KernelConfig | undefined {
  return kernel && 'isUndone' in kernel && kernel.isUndone ? remaining(kernel.before) : kernel;
}
