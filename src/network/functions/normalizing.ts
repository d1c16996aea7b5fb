import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { normalizing } from '../operations/activation.ts';
import { channelRegion, wholeRegion } from '../operations/base.ts';
import { permute } from '../operations/shape.ts';
import { assertNoBatchAxis, axisOf } from './openShapes.ts';
import type { TensorFunction } from './tensorFunction.ts';

/** The axis along which the values are normalised; the last by default. */
export interface AlongAxis {
  readonly axis?: number;
}

export const softmax = (options: AlongAxis = {}): TensorFunction => along('softmax', (x) => tf.softmax(x), options);
export const logSoftmax = (options: AlongAxis = {}): TensorFunction =>
  along('logSoftmax', (x) => tf.logSoftmax(x), options);

/** tfjs normalises along the last axis alone: any other one changes places with it. */
function along(
  name: 'softmax' | 'logSoftmax',
  normalize: (x: Tensor) => Tensor,
  { axis: given = -1 }: AlongAxis,
): TensorFunction {
  const swapped = (rank: number): number[] | undefined => {
    const axis = axisOf(given, rank);
    assertNoBatchAxis([axis], name);
    if (axis === rank - 1) return undefined;
    return Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  };
  return {
    applied: { name, numbers: { axis: given } },
    apply: ([x]) => {
      const order = swapped((x as Tensor).rank);
      return [order ? tf.transpose(normalize(tf.transpose(x as Tensor, order)), order) : normalize(x as Tensor)];
    },
    shapes: ([shape = []]) => [shape],
    region: (output, shapes) => (swapped(shapes[0]?.length ?? 0) ? wholeRegion : channelRegion)(output, shapes),
    lower: ({ source, operands: [value] }) => {
      const order = swapped(value?.shape.length ?? 0);
      const operation = normalizing(name, source, normalize);
      return order ? [permute(source, order), operation, permute(source, order)] : [operation];
    },
  };
}
