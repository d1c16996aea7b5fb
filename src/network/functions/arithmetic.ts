import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import * as merges from '../operations/merge.ts';
import { relu } from '../operations/relu.ts';
import { type AffineForm, affineOf, finiteInverse, inverse, itself, negative } from './affineOf.ts';
import { constantNear, constantOf, numberOf } from './constants.ts';
import { broadcastShape } from './openShapes.ts';
import {
  type Constant,
  type FunctionCall,
  isConstant,
  type Operand,
  type TensorFunction,
  type Value,
} from './tensorFunction.ts';

// Functions of two or more operands, element by element, spread as TensorFlow spreads them.

const sum: Binary = { merge: merges.add, ...withAffine({ scale: 1, shift: itself }, { scale: 1, shift: itself }) };
const product: Binary = {
  merge: merges.multiply,
  ...withAffine({ scale: itself, shift: 0 }, { scale: itself, shift: 0 }),
};
const difference: Binary = {
  merge: merges.subtract,
  ...withAffine({ scale: 1, shift: negative }, { scale: -1, shift: itself }),
};

/** The sum of two or more operands. */
export const add = (): TensorFunction => joining('add', tf.add, sum);
export const subtract = (): TensorFunction => joining('subtract', tf.sub, difference);
/** The product of two or more operands. */
export const multiply = (): TensorFunction => joining('multiply', tf.mul, product);
export const divide = (): TensorFunction => joining('divide', tf.div, withAffine({ scale: inverse, shift: 0 }));
/** a / b, and 0 where b is 0. */
export const divideNoNan = (): TensorFunction =>
  joining('divideNoNan', quotientOrZero, withAffine({ scale: finiteInverse, shift: 0 }));
export const maximum = (): TensorFunction =>
  joining('maximum', spread(tf.maximum), { merge: merges.maximum, withConstant: floor });
export const minimum = (): TensorFunction => joining('minimum', spread(tf.minimum), { merge: merges.minimum });
export const squaredDifference = (): TensorFunction => joining('squaredDifference', (a, b) => tf.square(tf.sub(a, b)));
export const pow = (): TensorFunction => joining('pow', tf.pow);
export const negate = (): TensorFunction => ({
  applied: { name: 'negate' },
  apply: ([x]) => [tf.neg(x as Tensor)],
  shapes: ([shape = []]) => [shape],
  pointwise: true,
  lower: ({ source, operands: [value] }) => {
    const constant = constantOf(source, '-1', { numbers: [-1] });
    return affineOf(source, { value: value as Value, constant }, { scale: itself, shift: 0 });
  },
});

function quotientOrZero(a: Tensor, b: Tensor): Tensor {
  const isZero = constantNear([b], ([divisor]) => tf.equal(divisor as Tensor, 0));
  return tf.mul(tf.div(a, tf.add(b, isZero)), tf.sub(1, isZero));
}

/** The tape forgets to sum the gradients of some functions where an operand is spread. */
function spread(apply: (a: Tensor, b: Tensor) => Tensor): (a: Tensor, b: Tensor) => Tensor {
  return (a, b) => {
    const shape = broadcastShape([a.shape, b.shape], 'an operand') as number[];
    return apply(tf.broadcastTo(a, shape), tf.broadcastTo(b, shape));
  };
}

/** How the engine does a function that the tape could do as well. */
interface Binary {
  /** The operation for values alone. */
  readonly merge?: (source: OperationSource) => Operation;
  /** The operations for a value and a constant. */
  readonly withConstant?: (source: OperationSource, pair: Pair) => readonly Operation[] | undefined;
}

interface Pair {
  readonly value: Value;
  readonly constant: Constant;
  /** Whether the constant comes first. */
  readonly reversed: boolean;
}

function joining(name: string, apply: (a: Tensor, b: Tensor) => Tensor, engine: Binary = {}): TensorFunction {
  return {
    applied: { name },
    apply: (operands) => [(operands as Tensor[]).reduce((a, b) => apply(a, b))],
    shapes: (shapes) => [broadcastShape(shapes, name)],
    pointwise: true,
    lower: (call) => lowered(engine, call),
  };
}

function lowered(
  { merge, withConstant }: Binary,
  { source, operands }: FunctionCall,
): readonly Operation[] | undefined {
  const pair = pairOf(operands);
  if (pair) return withConstant?.(source, pair);
  // Operands of different ranks are spread in another way by the layers of Keras, which merges follow.
  const alike = operands.every((operand) => !isConstant(operand) && operand.shape.length === operands[0]?.shape.length);
  return alike && merge ? [merge(source)] : undefined;
}

function pairOf([a, b, ...others]: readonly Operand[]): Pair | undefined {
  if (!a || !b || others.length > 0 || isConstant(a) === isConstant(b)) return undefined;
  return isConstant(a)
    ? { value: b as Value, constant: a, reversed: true }
    : { value: a as Value, constant: b as Constant, reversed: false };
}

/** An affine map for a constant behind the value, and one for a constant before it. */
function withAffine(behind: AffineForm, before?: AffineForm): Required<Pick<Binary, 'withConstant'>> {
  return {
    withConstant: (source, { reversed, ...pair }) => {
      const form = reversed ? before : behind;
      return form && affineOf(source, pair, form);
    },
  };
}

/** max(x, 0). */
function floor(source: OperationSource, { constant }: Pair): readonly Operation[] | undefined {
  return numberOf(constant) === 0 ? [relu(source)] : undefined;
}
