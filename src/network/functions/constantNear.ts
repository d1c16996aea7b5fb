import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** What does not change with its operands, for the tape, in numbers: steps and comparisons have the gradient zero. */
export function constantNear(operands: readonly Tensor[], make: (operands: readonly Tensor[]) => Tensor): Tensor {
  const shapes = operands.map(({ shape }) => shape);
  const constant = tf.customGrad((...given) => ({
    value: tf.cast(make((given as Tensor[]).slice(0, shapes.length)), 'float32'),
    gradFunc: () => shapes.map((shape) => tf.zeros(shape)),
  }));
  return constant(...operands);
}
