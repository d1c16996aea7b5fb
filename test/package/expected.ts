import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';

/** The sum of the absolute gradient that the program prints, by tfjs's own tape. */
export async function absoluteGradient(): Promise<number> {
  await tf.setBackend('cpu');
  const total = tf.tidy(() => {
    const [kernel, bias] = [wave([3, 3, 3, 4]), wave([4])];
    const [weights, shift] = [wave([4, 3]), wave([3])];
    const logit = (x: tf.Tensor): tf.Tensor => {
      const maps = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid'), bias));
      return tf.slice(tf.add(tf.matMul(tf.mean(maps, [1, 2]), weights), shift), [0, 1], [1, 1]);
    };
    return tf.sum(tf.abs(tf.grad(logit)(wave([1, 8, 8, 3]))));
  });
  const [value = Number.NaN] = await total.data();
  total.dispose();
  return value;
}

function wave(shape: number[]): tf.Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, index) => Math.sin(index)),
    shape,
  );
}
