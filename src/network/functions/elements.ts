import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { AppliedFunction, Operation, OperationKind } from '../graph/operation.ts';
import {
  elementwise,
  eluOf,
  elu as eluOperation,
  type NumberedKind,
  prelu as preluOperation,
  swish as swishOperation,
} from '../operations/activation.ts';
import type { OperationSource } from '../operations/base.ts';
import { rectifier, relu as reluOperation } from '../operations/relu.ts';
import { isConstant, type TensorFunction } from './tensorFunction.ts';

// Functions of each element of one value.

/** What is kept of a clipped value, with bounds that may be infinite. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const relu = (): TensorFunction => unary('relu', tf.relu, (source) => reluOperation(source));
export const relu6 = (): TensorFunction => unary('relu6', tf.relu6, (source) => reluOperation(source, 6));
export const leakyRelu = ({ alpha = 0.2 }: { alpha?: number } = {}): TensorFunction =>
  unary(
    { name: 'leakyRelu', numbers: { alpha } },
    (x) => tf.leakyRelu(x, alpha),
    (source) => rectifier(source, { slope: alpha }),
  );
/** A leaky ReLU whose slopes are an operand. */
export const prelu = (): TensorFunction => ({
  applied: { name: 'prelu' },
  apply: ([x, alpha]) => [tf.prelu(x as Tensor, alpha as Tensor)],
  shapes: ([shape = []]) => [shape],
  pointwise: true,
  lower: ({ source, operands: [, alpha] }) => {
    if (!alpha || !isConstant(alpha)) return undefined;
    return [preluOperation(source, () => ({ alpha: alpha.read() }))];
  },
});
export const elu = ({ alpha = 1 }: { alpha?: number } = {}): TensorFunction =>
  unary({ name: 'elu', numbers: { alpha } }, eluOf(alpha), (source) => eluOperation(source, alpha));
export const selu = (): TensorFunction => ofKind('selu', tf.selu);
export const sigmoid = (): TensorFunction => ofKind('sigmoid', tf.sigmoid);
export const tanh = (): TensorFunction => ofKind('tanh', tf.tanh);
export const softplus = (): TensorFunction => ofKind('softplus', tf.softplus);
export const softsign = (): TensorFunction => ofKind('softsign', (x) => tf.div(x, tf.add(tf.abs(x), 1)));
export const swish = (): TensorFunction =>
  unary(
    'swish',
    (x) => tf.mul(x, tf.sigmoid(x)),
    (source) => swishOperation(source),
  );
export const mish = (): TensorFunction => ofKind('mish', (x) => tf.mul(x, tf.tanh(tf.softplus(x))));
export const gelu = ({ approximate = false }: { approximate?: boolean } = {}): TensorFunction =>
  ofKind('gelu', approximate ? geluByTanh : geluByErf);
/** relu6(x + 3) / 6 as Keras 3 has it; with slope 0.2 that of Keras 2. */
export const hardSigmoid = ({ slope = 1 / 6 }: { slope?: number } = {}): TensorFunction =>
  ofKind({ kind: 'hardSigmoid', numbers: { slope } }, (x) => tf.clipByValue(tf.add(tf.mul(x, slope), 0.5), 0, 1));
export const hardSwish = (): TensorFunction =>
  ofKind('hardSwish', (x) => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)));

export const exp = (): TensorFunction => unary('exp', tf.exp);
export const log = (): TensorFunction => unary('log', tf.log);
export const sqrt = (): TensorFunction => unary('sqrt', tf.sqrt);
export const rsqrt = (): TensorFunction => unary('rsqrt', tf.rsqrt);
export const square = (): TensorFunction => unary('square', tf.square);
export const abs = (): TensorFunction => unary('abs', tf.abs);
export const erf = (): TensorFunction => unary('erf', tf.erf);
/** 1 − erf(x). */
export const erfc = (): TensorFunction => unary('erfc', (x) => tf.sub(1, tf.erf(x)));
export const expm1 = (): TensorFunction => unary('expm1', tf.expm1);
export const log1p = (): TensorFunction => unary('log1p', tf.log1p);
export const sin = (): TensorFunction => unary('sin', tf.sin);
export const cos = (): TensorFunction => unary('cos', tf.cos);
export const reciprocal = (): TensorFunction => unary('reciprocal', tf.reciprocal);

/** min(max(x, low), high). */
export const clip = ({ low, high }: Bounds): TensorFunction => {
  const lower = low === 0 ? (source: OperationSource) => reluOperation(source, finite(high)) : undefined;
  return unary({ name: 'clip', numbers: { low, high } }, (x) => tf.clipByValue(x, low, high), lower);
};

function finite(ceiling: number): number | undefined {
  return Number.isFinite(ceiling) ? ceiling : undefined;
}

function ofKind(named: OperationKind | NumberedKind, apply: (x: Tensor) => Tensor): TensorFunction {
  const applied = typeof named === 'string' ? named : { name: named.kind, numbers: named.numbers };
  return unary(applied, apply, (source) => elementwise(named, source, apply));
}

function unary(
  name: string | AppliedFunction,
  apply: (x: Tensor) => Tensor,
  lower?: (source: OperationSource) => Operation,
): TensorFunction {
  return {
    applied: typeof name === 'string' ? { name } : name,
    apply: ([x]) => [apply(x as Tensor)],
    shapes: ([shape = []]) => [shape],
    pointwise: true,
    ...(lower && { lower: ({ source }) => [lower(source)] }),
  };
}

/** x/2 · (1 + erf(x/√2)). */
function geluByErf(x: Tensor): Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** x/2 · (1 + tanh(√(2/π)(x + 0.044715 x³))). */
function geluByTanh(x: Tensor): Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}
