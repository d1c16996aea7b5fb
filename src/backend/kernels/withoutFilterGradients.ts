import type { KernelConfig } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

const filterGradients = ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'];

/**
 * Runs a computation during which the gradients of convolution kernels are zeros. Reason: the gradient of tfjs's
 * fused convolution computes that of the filter eagerly, which costs more than all the rest (32 times on cpu) and
 * throws on wasm, where that kernel is missing.
 *
 * @param run must be synchronous; the registered kernels are back when it returns or throws.
 */
export function withoutFilterGradients<T>(run: () => T): T {
  const backendName = tf.getBackend();
  const before = filterGradients.map((kernelName) => [kernelName, tf.getKernel(kernelName, backendName)] as const);
  try {
    before.forEach(([kernelName, known]) => replace(known, { kernelName, backendName, kernelFunc: zeroFilter }));
    return run();
  } finally {
    before.forEach(([kernelName, known]) => restore(kernelName, backendName, known));
  }
}

const zeroFilter: KernelConfig['kernelFunc'] = ({ attrs }) => tf.zeros(attrs?.['filterShape'] as unknown as number[]);

function replace(known: KernelConfig | undefined, config: KernelConfig): void {
  if (known) tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel(config);
}

function restore(kernelName: string, backendName: string, known: KernelConfig | undefined): void {
  tf.unregisterKernel(kernelName, backendName);
  if (known) tf.registerKernel(known);
}
