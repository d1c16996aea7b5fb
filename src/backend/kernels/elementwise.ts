import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from '../../numeric/shape.ts';
import { bySimd } from './simd.ts';

/** The cotangent where 0 < output < ceiling, else 0. */
export function reluGradient(cotangent: Tensor, output: Tensor, ceiling?: number): Tensor {
  return masked('reluGradient', cotangent, output, ceiling) ?? tf.tidy(() => tf.mul(cotangent, mask(output, ceiling)));
}

/** The positive part of the cotangent where 0 < output < ceiling, else 0. */
export function guidedReluGradient(cotangent: Tensor, output: Tensor, ceiling?: number): Tensor {
  return (
    masked('guidedReluGradient', cotangent, output, ceiling) ??
    tf.tidy(() => tf.mul(tf.relu(cotangent), mask(output, ceiling)))
  );
}

/** The positive part of the cotangent. */
export function rectifiedCotangent(cotangent: Tensor): Tensor {
  return tf.relu(cotangent);
}

/** The sum of two tensors of one shape. */
export function addTensors(a: Tensor, b: Tensor): Tensor {
  return tf.add(a, b);
}

/** A ReLU, or with a ceiling a ReLU that ends there. */
interface Activation {
  readonly ceiling: number | undefined;
}

/** scale · x + shift per channel of the last axis, then max(·, 0), or min(max(·, 0), ceiling). */
export function scaleShift(x: Tensor, scale: Tensor, shift: Tensor, activation?: Activation): Tensor {
  const direct = scaleShiftBySimd(x, [scale, shift], activation);
  return direct ?? tf.tidy(() => activated(tf.add(tf.mul(x, scale), shift), activation));
}

function activated(y: Tensor, activation?: Activation): Tensor {
  if (!activation) return y;
  return activation.ceiling === undefined ? tf.relu(y) : tf.clipByValue(y, 0, activation.ceiling);
}

function scaleShiftBySimd(x: Tensor, factors: [Tensor, Tensor], activation?: Activation): Tensor | undefined {
  const channels = x.shape.at(-1);
  const perChannel = factors.every(
    ({ shape, size, rank }) => size === channels && shape.at(-1) === size && rank <= x.rank,
  );
  if (!channels || !perChannel) return undefined;
  const { ceiling = Infinity } = activation ?? {};
  const least = activation ? 0 : -Infinity;
  // tfjs's relu makes +0 of -0, its clipByValue does not: to add +0 does so, to add -0 changes nothing.
  const zero = activation && activation.ceiling === undefined ? 0 : -0;
  return bySimd([x, ...factors], x.shape, ({ scaleShift }, [from, scale, shift], result) =>
    scaleShift(from, scale, shift, result, x.size / channels, channels, least, ceiling, zero),
  );
}

type MaskedGradient = 'reluGradient' | 'guidedReluGradient';

// The kernels take NaN for no ceiling.
function masked(name: MaskedGradient, cotangent: Tensor, output: Tensor, ceiling = Number.NaN): Tensor | undefined {
  if (!sameShape(cotangent.shape, output.shape)) return undefined;
  return bySimd([cotangent, output], cotangent.shape, (kernels, [from, by], result) =>
    kernels[name](from, by, result, cotangent.size, ceiling),
  );
}

function mask(output: Tensor, ceiling?: number): Tensor {
  const positive = tf.step(output);
  return ceiling === undefined ? positive : tf.mul(positive, tf.step(tf.sub(ceiling, output)));
}
