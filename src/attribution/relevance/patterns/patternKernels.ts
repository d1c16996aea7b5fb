import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation } from '../../../network/graph/operation.ts';
import { type LayerPattern, nameOf, type Patterns } from './patterns.ts';

/** Kernels made from patterns, each when it is first asked for. */
export interface PatternKernels {
  /** The kernel for an operation. */
  of(operation: Operation): Tensor;
  /** Those that have been made. */
  all(): readonly Tensor[];
  dispose(): void;
}

export function patternKernels(
  { layers }: Patterns,
  make: (kernel: Tensor, pattern: Tensor) => Tensor,
): PatternKernels {
  const kernels = new Map<string, Tensor>();
  const made = (operation: Operation): Tensor => {
    const { pattern } = layers.find((layer) => nameOf(layer) === nameOf(operation)) as LayerPattern;
    const kernel = operation.parameters['kernel'] as Tensor;
    return tf.keep(tf.tidy(() => make(kernel, tf.tensor(pattern.data, [...pattern.shape]))));
  };
  return {
    of(operation) {
      const name = nameOf(operation);
      const kernel = kernels.get(name) ?? made(operation);
      kernels.set(name, kernel);
      return kernel;
    },
    all: () => [...kernels.values()],
    dispose: () => tf.dispose([...kernels.values()]),
  };
}
