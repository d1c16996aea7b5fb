import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Composite, Rule } from '../network/walk/composite.ts';

/**
 * The gradient of a ReLU, and where that is 0 for a whole example, one that brings its dead units back.
 *
 * Of signals that are climbed: with x ≥ 0 all pass, below 0 those that push x up; above the ceiling of a ReLU-n those that
 * push it down. Which examples are meant is told by their gradient, whose norm is exactly 0. As in lucid's
 * `redirected_relu_grad`, which descends and so has the other signs.
 */
const redirectedRelu: Rule = {
  name: 'redirectedRelu',
  needs: ['inputs'],
  backward: ({ ceiling }, { inputs: [x] }, streams) => [
    streams.map((stream) => {
      const plain = tf.mul(stream, passing(x, ceiling));
      return tf.add(plain, tf.mul(isZero(plain), redirected(stream, x, ceiling)));
    }),
  ],
};

/** The exact gradient with redirected ReLUs, for the first steps away from a picture that excites nothing. */
export const redirectedRelus: Composite = [['relu', redirectedRelu]];

/** 1 where the ReLU has a slope. */
function passing(x: Tensor, ceiling: number | undefined): Tensor {
  const positive = tf.step(x);
  return ceiling === undefined ? positive : tf.mul(positive, tf.step(tf.sub(ceiling, x)));
}

/** 1 for each example without any signal, `[n, 1, …]`; told by magnitudes, whose squares may vanish. */
function isZero(signal: Tensor): Tensor {
  const [rows, ...rest] = signal.shape as [number, ...number[]];
  const most = tf.max(tf.abs(tf.reshape(signal, [rows, -1])), 1);
  return tf.reshape(tf.cast(tf.equal(most, 0), 'float32'), [rows, ...rest.map(() => 1)]);
}

/** Eq. in lucid's `redirected_relu_grad` and `redirected_relu6_grad`, for ascent. */
function redirected(stream: Tensor, x: Tensor, ceiling: number | undefined): Tensor {
  const dead = tf.cast(tf.less(x, 0), 'float32');
  const upward = tf.mul(dead, tf.relu(stream));
  if (ceiling === undefined) return tf.add(tf.mul(stream, tf.sub(1, dead)), upward);
  const full = tf.cast(tf.greater(x, ceiling), 'float32');
  const downward = tf.neg(tf.mul(full, tf.relu(tf.neg(stream))));
  return tf.addN([tf.mul(stream, tf.sub(tf.sub(1, dead), full)), upward, downward]);
}
