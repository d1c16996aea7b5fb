import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from '../../numeric/ndarray.ts';
import { divNoNan } from '../portable.ts';
import { bySimd, canUseSimd } from './simd/simd.ts';

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

/** A share of a signal divided by z + ε·sign(z), where sign(0) = 1. */
export function stabilisedQuotient(signal: Tensor, z: Tensor, epsilon: number, share = 1): Tensor {
  const direct =
    sameShape(signal.shape, z.shape) &&
    bySimd([signal, z], z.shape, ({ kernels, at, result }) =>
      kernels.stabilisedQuotient(...at, result, z.size, epsilon, share),
    );
  if (direct) return direct;
  // Not by tf.where, which copies its numbers into tensors of the whole size: on wasm that takes longer than all else.
  return tf.tidy(() => {
    const offset = tf.sub(tf.mul(tf.cast(tf.greaterEqual(z, 0), 'float32'), 2 * epsilon), epsilon);
    return tf.div(share === 1 ? signal : tf.mul(signal, share), tf.add(z, offset));
  });
}

/** The denominator ofZ · z + ofY · y + sign · ε of outputs with one sign. */
export interface SignedDenominator {
  readonly sign: 1 | -1;
  readonly ofZ: number;
  readonly ofY: number;
  readonly epsilon: number;
}

/** A signal divided by a denominator made of z and y where z has its sign, else 0. */
export function quotientWhereSigned(
  signal: Tensor,
  [z, y]: readonly [Tensor, Tensor],
  { sign, ofZ, ofY, epsilon }: SignedDenominator,
): Tensor {
  const direct =
    [z, y].every(({ shape }) => sameShape(shape, signal.shape)) &&
    bySimd([signal, z, y], z.shape, ({ kernels, at, result }) =>
      kernels.quotientWhereSigned(...at, result, z.size, sign, ofZ, ofY, epsilon),
    );
  if (direct) return direct;
  return tf.tidy(() => {
    const denominator = tf.add(tf.add(tf.mul(z, ofZ), tf.mul(y, ofY)), sign * epsilon);
    return tf.mul(divNoNan(signal, denominator), tf.step(tf.mul(z, sign)));
  });
}

/** A ReLU, or with a ceiling a ReLU that ends there. */
export interface Activation {
  readonly ceiling: number | undefined;
}

/** scale · x + shift per channel of the last axis, then max(·, 0), or min(max(·, 0), ceiling). */
export function scaleShift(x: Tensor, scale: Tensor, shift: Tensor, activation?: Activation): Tensor {
  const direct = scaleShiftBySimd(x, [scale, shift], activation);
  return direct ?? tf.tidy(() => activated(tf.add(tf.mul(x, channelRow(scale)), channelRow(shift)), activation));
}

/** scale · x per channel of the last axis. */
export function scaled(x: Tensor, scale: Tensor): Tensor {
  if (!canUseSimd([x, scale])) return tf.mul(x, channelRow(scale));
  return tf.tidy(() => {
    // To add −0 changes nothing, the sign of a zero included.
    const direct = scaleShiftBySimd(x, [scale, tf.fill([scale.size], -0)]);
    return direct ?? tf.mul(x, channelRow(scale));
  });
}

/** A number per channel as a row: webgpu combines no vector with a tensor of five axes. */
export function channelRow(perChannel: Tensor): Tensor {
  return perChannel.rank === 1 ? tf.reshape(perChannel, [1, -1]) : perChannel;
}

/** A ReLU, clipped or not, where there is one. */
export function activated(y: Tensor, activation?: Activation): Tensor {
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
  // On cpu, tfjs's relu makes +0 of -0, its clipByValue does not: to add +0 does so, to add -0 changes nothing.
  const zero = activation && activation.ceiling === undefined ? 0 : -0;
  return bySimd([x, ...factors], x.shape, ({ kernels, at, result }) =>
    kernels.scaleShift(...at, result, x.size / channels, channels, least, ceiling, zero),
  );
}

type MaskedGradient = 'reluGradient' | 'guidedReluGradient';

// The kernels take NaN for no ceiling.
function masked(name: MaskedGradient, cotangent: Tensor, output: Tensor, ceiling = Number.NaN): Tensor | undefined {
  if (!sameShape(cotangent.shape, output.shape)) return undefined;
  return bySimd([cotangent, output], cotangent.shape, ({ kernels, at, result }) =>
    kernels[name](...at, result, cotangent.size, ceiling),
  );
}

function mask(output: Tensor, ceiling?: number): Tensor {
  const positive = tf.step(output);
  return ceiling === undefined ? positive : tf.mul(positive, tf.step(tf.sub(ceiling, output)));
}
