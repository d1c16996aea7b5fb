import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';
import { axisOf } from '../../functions/openShapes.ts';
import { type Constant, isConstant, type Operand } from '../../functions/tensorFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { OwnWeight } from '../ownLayer.ts';

/** The options of a learnt scale and shift. */
export interface Affine {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
}

/** The weights `gamma` and `beta` that the options ask for. */
export function scaleAndCentre({ scale, center }: Affine, shape: readonly number[]): readonly OwnWeight[] {
  return [
    ...(scale ? [{ name: 'gamma', shape, start: 'ones' } as const] : []),
    ...(center ? [{ name: 'beta', shape } as const] : []),
  ];
}

/** `gamma` and `beta` by name, of the weights in their order, and those behind them. */
export function scaleAndCentreOf<T>(
  { scale, center }: Affine,
  weights: readonly T[],
): { readonly gamma?: T; readonly beta?: T; readonly others: readonly T[] } {
  const others = [...weights];
  const gamma = scale ? others.shift() : undefined;
  const beta = center ? others.shift() : undefined;
  return { ...(gamma !== undefined && { gamma }), ...(beta !== undefined && { beta }), others };
}

/** A tensor of the lengths of some axes, with axes of length 1 in place of the others. */
export function alongAxes(tensor: Tensor, shape: readonly number[], axes: readonly number[]): Tensor {
  if (tensor.size === 1) return tf.reshape(tensor, []);
  return tf.reshape(
    tensor,
    shape.map((length, i) => (axes.includes(i) ? length : 1)),
  );
}

/** The length of an axis, which must be known. */
export function lengthOf(shape: OpenShape, axis: number): number {
  const length = shape[axisOf(axis, shape.length)];
  if (typeof length === 'number') return length;
  throw new VitrineError('unsupported-layer', `a normalisation expected a known length of axis ${axis}`);
}

/** The live tensor of a weight among operands. */
export function readOperand(operand: Operand | undefined): Tensor {
  if (operand && isConstant(operand)) return (operand as Constant).read();
  throw new VitrineError('unsupported-layer', 'a weight of a normalisation is missing');
}
