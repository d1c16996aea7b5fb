import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig } from '@tensorflow/tfjs-core';

const filterGradients = [tf.Conv2DBackpropFilter, tf.DepthwiseConv2dNativeBackpropFilter];

/**
 * Runs a computation in which the filter gradients of convolutions are zero and cost nothing. tfjs's fused convolution
 * computes the gradient of its filter even where only that of its input is asked for, which may take longer than all
 * the rest and throws on wasm, where the kernel is missing. Input gradients stay exact.
 *
 * @param run must be synchronous.
 */
export function withoutFilterGradients<T>(run: () => T): T {
  const restore = filterGradients.map((kernelName) => replaceKernel(zeroFilter(kernelName, tf.getBackend())));
  try {
    return run();
  } finally {
    restore.forEach((undo) => undo());
  }
}

function zeroFilter(kernelName: string, backendName: string): KernelConfig {
  const kernelFunc: KernelConfig['kernelFunc'] = ({ attrs }) => tf.zeros(attrs?.['filterShape'] as number[]);
  return { kernelName, backendName, kernelFunc };
}

/** Returns what puts the former kernel back. tfjs warns of a kernel registered twice, so the old one goes first. */
function replaceKernel(config: KernelConfig): () => void {
  const { kernelName, backendName } = config;
  const former = tf.getKernel(kernelName, backendName);
  if (former) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel(config);
  return () => {
    tf.unregisterKernel(kernelName, backendName);
    if (former) tf.registerKernel(former);
  };
}
