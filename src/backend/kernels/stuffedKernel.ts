import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

/** A kernel [h, w, …] with zeros in the gaps that its dilation leaves: tfjs has no gradient of a dilated one. */
export function stuffedKernel(kernel: Tensor4D, { dilations }: WindowGeometry): Tensor4D {
  return stuff(stuff(kernel, 0, dilations[0]), 1, dilations[1]);
}

function stuff(kernel: Tensor4D, axis: 0 | 1, dilation: number): Tensor4D {
  if (dilation === 1) return tf.clone(kernel);
  const zero = kernel.shape[axis];
  const places = Array.from({ length: (zero - 1) * dilation + 1 }, (_, i) =>
    i % dilation === 0 ? i / dilation : zero,
  );
  const after = (of: 0 | 1): [number, number] => [0, of === axis ? 1 : 0];
  const padded = tf.pad4d(kernel, [after(0), after(1), [0, 0], [0, 0]]);
  return tf.gather(padded, tf.tensor1d(places, 'int32'), axis) as Tensor4D;
}
