import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertNumber, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { Norm } from './attackOptions.ts';
import { clipped, type InputSpace } from './inputSpace.ts';

/** How far examples may be changed: one length, or in the greatest norm one for each channel. */
export type Epsilon = number | readonly number[];

/** The examples that are near enough to given ones, and within bounds. */
export interface Ball {
  readonly norm: Norm;
  /** A number, or `[c]` for the channels. */
  readonly epsilon: Epsilon;
  readonly space: InputSpace;
}

/** Checks how far examples may be changed; 0 leaves them as they are. */
export function ballOf(norm: Norm, epsilon: Epsilon, space: InputSpace): Ball {
  assertLength('epsilon', epsilon, { norm, space });
  return { norm, epsilon, space };
}

/** Refuses what is no length of a change: one number, or in the greatest norm one for each channel. */
export function assertLength(argument: string, length: Epsilon, { norm, space }: Pick<Ball, 'norm' | 'space'>): void {
  const channels = space.low.length;
  if (typeof length === 'number') {
    assertNumber(argument, length, 0);
    return;
  }
  if (norm === 'l2' || !Array.isArray(length) || length.length !== channels)
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected a number${norm === 'l2' ? '' : `, or one for each of ${channels} channels`}, got ${describe(length)}`,
    );
  length.forEach((one: number, channel: number) => assertNumber(`${argument}[${channel}]`, one, 0));
}

/** A length as a tensor that multiplies examples. */
export function lengthOf({ epsilon }: Pick<Ball, 'epsilon'>, factor = 1): Tensor {
  return typeof epsilon === 'number' ? tf.scalar(epsilon * factor) : tf.tensor1d(epsilon.map((e) => e * factor));
}

/** Brings changed examples back into the ball around the unchanged ones, then within the bounds. */
export function projected(moved: Tensor, x: Tensor, ball: Ball): Tensor {
  const change = tf.sub(moved, x);
  if (ball.norm === 'linf') return clipped(tf.add(x, cut(change, ball)), ball.space);
  const scale = tf.minimum(1, tf.div(ball.epsilon as number, tf.maximum(euclideanOf(change), FLOOR)));
  return clipped(tf.add(x, tf.mul(change, scale)), ball.space);
}

/** No number of a change further than it may. */
function cut(change: Tensor, { epsilon }: Pick<Ball, 'epsilon'>): Tensor {
  if (typeof epsilon === 'number') return tf.clipByValue(change, -epsilon, epsilon);
  const most = tf.tensor1d([...epsilon]);
  return tf.minimum(tf.maximum(change, tf.neg(most)), most);
}

/** The Euclidean length of each example, `[m, 1, …]`. */
function euclideanOf(change: Tensor): Tensor {
  return tf.sqrt(tf.sum(tf.square(change), axesOf(change), true));
}

/** All axes but that of the examples. */
export function axesOf({ rank }: Tensor): number[] {
  return Array.from({ length: rank - 1 }, (_, i) => i + 1);
}

/** The direction of steepest ascent in the norm: the signs of a gradient, or the gradient over its length. */
export function steepest(gradient: Tensor, norm: Norm): Tensor {
  return norm === 'linf' ? tf.sign(gradient) : tf.div(gradient, tf.add(euclideanOf(gradient), FLOOR));
}

const FLOOR = 1e-12;
