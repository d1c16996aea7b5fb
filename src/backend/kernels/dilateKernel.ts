import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The kernel with zeros between its taps, which convolves without dilation as the given one does with it. The stock
 * gradients refuse dilated convolutions.
 *
 * @param kernel `[rows, columns, in, out]`
 * @returns a new tensor `[(rows − 1) · dilation + 1, (columns − 1) · dilation + 1, in, out]`
 */
export function dilateKernel(kernel: Tensor4D, dilations: readonly [number, number]): Tensor4D {
  return tf.tidy(() => {
    const [rows, columns, ...channels] = kernel.shape;
    const [tall, wide] = [(rows - 1) * dilations[0] + 1, (columns - 1) * dilations[1] + 1];
    const width = columns * channels[0] * channels[1];
    const byRows = spread(tf.reshape(kernel, [rows, 1, width]), dilations[0]);
    const byColumns = spread(
      tf.reshape(tf.slice(byRows, [0, 0], [tall, width]), [tall * columns, 1, channels[0] * channels[1]]),
      dilations[1],
    );
    const whole = tf.reshape(byColumns, [tall, columns * dilations[1], ...channels] as Tensor4D['shape']);
    return tf.clone(tf.slice(whole, [0, 0, 0, 0], [tall, wide, ...channels] as Tensor4D['shape']));
  });
}

/** `[n, 1, width]` to `[n · step, width]`: each row followed by rows of zeros. */
function spread(rows: Tensor3D, step: number): tf.Tensor2D {
  const [count, , width] = rows.shape;
  const spaced =
    step === 1
      ? rows
      : tf.pad3d(rows, [
          [0, 0],
          [0, step - 1],
          [0, 0],
        ]);
  return tf.reshape(spaced, [count * step, width]);
}
