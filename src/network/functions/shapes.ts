import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import * as shapes from '../operations/shape.ts';
import { axesOf, axisOf, listed, openSize } from './openShapes.ts';
import type { TensorFunction } from './tensorFunction.ts';

// Functions that give the same numbers in another shape or order.

export const identity = (): TensorFunction => ({
  applied: { name: 'identity' },
  apply: ([x]) => [tf.clone(x as Tensor)],
  shapes: ([shape = []]) => [shape],
  lower: ({ source }) => [shapes.identity(source)],
});

/** The value itself, through which no gradient flows. */
export const stopGradient = (): TensorFunction => ({
  applied: { name: 'stopGradient' },
  apply: ([x]) => [
    tf.customGrad((value) => ({ value: tf.clone(value as Tensor), gradFunc: (dy) => tf.zerosLike(dy) }))(x as Tensor),
  ],
  shapes: ([shape = []]) => [shape],
  kind: 'identity',
  pointwise: true,
});

/** The same values in a shape that begins with the batch axis; −1 and `null` are what is left over. */
export const reshape = ({ shape: wanted }: { shape: OpenShape }): TensorFunction => {
  const rest = wanted.slice(1).map((length) => length ?? -1);
  assertOneOpen(wanted);
  return reshaped('reshape', (shape) => {
    const size = openSize(shape.slice(1));
    const known = rest.filter((length) => length !== -1).reduce((product, length) => product * length, 1);
    assertExamplesApart(shape, wanted, size === null || (rest.includes(-1) ? size % known === 0 : size === known));
    return rest.map((length) => (length !== -1 ? length : size === null ? null : size / known));
  });
};

/** Without axes of length 1: the given ones, or all but the batch axis. */
export const squeeze = ({ axes }: { axes?: readonly number[] } = {}): TensorFunction =>
  reshaped('squeeze', (shape) => {
    const gone = axes && axes.length > 0 ? axesOf(axes, shape.length) : undefined;
    return shape.slice(1).filter((length, i) => (gone ? !gone.includes(i + 1) : length !== 1));
  });

/** With an axis of length 1 at a place. */
export const expandDims = ({ axis }: { axis: number }): TensorFunction =>
  reshaped('expandDims', (shape) => {
    const at = axisOf(axis, shape.length + 1);
    return [...shape.slice(1, at), 1, ...shape.slice(at)];
  });

/** The axes in another order, the batch axis first. */
export const transpose = ({ order }: { order: readonly number[] }): TensorFunction => {
  if (order[0] !== 0)
    throw new VitrineError('unsupported-layer', `transpose to [${order.join(', ')}] would move the batch axis`);
  return {
    applied: { name: 'transpose' },
    apply: ([x]) => [tf.transpose(x as Tensor, [...order])],
    shapes: ([shape = []]) => [order.map((axis) => shape[axis] ?? null)],
    lower: ({ source }) => [isInOrder(order) ? shapes.identity(source) : shapes.permute(source, order)],
  };
};

function isInOrder(order: readonly number[]): boolean {
  return order.every((axis, i) => axis === i);
}

/** `rest` gives the shape of one example from that of the value. */
function reshaped(name: string, rest: (shape: OpenShape) => OpenShape): TensorFunction {
  return {
    applied: { name },
    apply: ([x]) => {
      const { shape } = x as Tensor;
      return [tf.reshape(x as Tensor, [shape[0] as number, ...(rest(shape) as number[])])];
    },
    shapes: ([shape = []]) => [[shape[0] ?? null, ...rest(shape)]],
    lower: ({ source, operands: [value] }): readonly Operation[] | undefined => {
      const lengths = rest(value?.shape ?? []).map((length) => length ?? -1);
      return lengths.filter((length) => length === -1).length > 1 ? undefined : [shapes.reshape(source, lengths)];
    },
  };
}

function assertOneOpen(wanted: OpenShape): void {
  if (wanted.slice(1).filter((length) => length === null || length === -1).length <= 1) return;
  throw new VitrineError(
    'unsupported-layer',
    `reshape to ${listed(wanted)} leaves more than one length open besides the batch`,
  );
}

function assertExamplesApart(shape: OpenShape, wanted: OpenShape, apart: boolean): void {
  if (!apart)
    throw new VitrineError('unsupported-layer', `reshape of ${listed(shape)} to ${listed(wanted)} would mix examples`);
}
