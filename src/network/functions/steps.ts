import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from '../operations/base.ts';
import { constantNear } from './constants.ts';
import { broadcastShape } from './openShapes.ts';
import type { TensorFunction } from './tensorFunction.ts';

// Functions that jump or stay the same: their gradient is zero. Truth is 1, else 0.

export const greater = (): TensorFunction => comparison('greater', tf.greater);
export const greaterEqual = (): TensorFunction => comparison('greaterEqual', tf.greaterEqual);
export const less = (): TensorFunction => comparison('less', tf.less);
export const lessEqual = (): TensorFunction => comparison('lessEqual', tf.lessEqual);
export const equal = (): TensorFunction => comparison('equal', tf.equal);
export const notEqual = (): TensorFunction => comparison('notEqual', tf.notEqual);
export const logicalAnd = (): TensorFunction => comparison('logicalAnd', tf.mul);
export const logicalOr = (): TensorFunction => comparison('logicalOr', tf.maximum);
export const logicalNot = (): TensorFunction => rounding('logicalNot', (x) => tf.sub(1, x));
export const finite = (): TensorFunction => rounding('finite', tf.isFinite);
export const sign = (): TensorFunction => rounding('sign', tf.sign);
export const floor = (): TensorFunction => rounding('floor', tf.floor);
export const ceil = (): TensorFunction => rounding('ceil', tf.ceil);
/** Without the fraction. */
export const truncate = (): TensorFunction => rounding('truncate', (x) => tf.mul(tf.sign(x), tf.floor(tf.abs(x))));
export const round = (): TensorFunction => rounding('round', tf.round);

/** The second operand where the first is true, the third where it is not. */
export const where = (): TensorFunction => ({
  applied: { name: 'where' },
  apply: ([condition, yes, no]) => [chosen(condition as Tensor, yes as Tensor, no as Tensor)],
  shapes: (shapes) => [broadcastShape(shapes, 'where')],
  pointwise: true,
});

/** Of what is not chosen nothing is kept, not even an infinity times zero; the tape knows no gradient of a condition. */
function chosen(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const choose = tf.customGrad((...given) => {
    const [truth, a, b, save] = given as unknown as [Tensor, Tensor, Tensor, tf.GradSaveFunc];
    const value = tf.where(tf.greater(truth, 0.5), a, b);
    save([truth]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]): Tensor[] => {
      const mask = saved as Tensor;
      const ofYes = sumToOperand(tf.mul(dy, mask), a.shape);
      return [tf.zerosLike(mask), ofYes, sumToOperand(tf.mul(dy, tf.sub(1, mask)), b.shape)];
    };
    return { value, gradFunc };
  });
  return choose(condition, yes, no);
}

/** Sums over the axes along which an operand was spread. */
function sumToOperand(gradient: Tensor, shape: number[]): Tensor {
  const before = gradient.rank - shape.length;
  return tf.reshape(sumToShape(gradient, [...new Array<number>(before).fill(1), ...shape]), shape);
}

function comparison(name: string, compare: (a: Tensor, b: Tensor) => Tensor): TensorFunction {
  return {
    applied: { name },
    apply: ([a, b]) => [constantNear([a as Tensor, b as Tensor], ([x, y]) => compare(x as Tensor, y as Tensor))],
    shapes: (shapes) => [broadcastShape(shapes, name)],
    pointwise: true,
  };
}

function rounding(name: string, apply: (x: Tensor) => Tensor): TensorFunction {
  return {
    applied: { name },
    apply: ([x]) => [constantNear([x as Tensor], ([value]) => apply(value as Tensor))],
    shapes: ([shape = []]) => [shape],
    pointwise: true,
  };
}
