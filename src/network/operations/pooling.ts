import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { averagePoolGradient } from '../../backend/kernels/averagePoolGradient.ts';
import { axisOf, paddingBefore, type WindowGeometry } from '../../backend/kernels/geometry.ts';
import { globalMaxGradient } from '../../backend/kernels/globalMaxGradient.ts';
import { maxPoolGradient } from '../../backend/kernels/maxPoolGradient.ts';
import { windowRegion } from '../fields/region.ts';
import type { Operation, Part } from '../graph/operation.ts';
import { describeOperation, type OperationSource, only, onlyShape, wholeRegion, withoutParameters } from './base.ts';

/** Max pooling; a tie goes to the first maximum in row-major order. */
export function maxPool(source: OperationSource, geometry: WindowGeometry): Operation {
  return withoutParameters({
    ...describeOperation('maxPool', source),
    needs: ['inputs', 'output'],
    forward: (inputs) =>
      tf.maxPool(only({ inputs }) as Tensor4D, [...geometry.window], [...geometry.strides], geometry.padding),
    pullback: (cotangent, io) => [
      maxPoolGradient(cotangent as Tensor4D, only(io) as Tensor4D, io.output as Tensor4D, geometry),
    ],
    region: (output, inputShapes) => [windowRegion(output, inputShapes[0], geometry)],
    partial: {
      beyond: Number.NEGATIVE_INFINITY,
      run: (inputs) => tf.maxPool(only({ inputs }) as Tensor4D, [...geometry.window], [...geometry.strides], 'valid'),
    },
  });
}

/** Average pooling; padding does not count. */
export function averagePool(source: OperationSource, geometry: WindowGeometry): Operation {
  return withoutParameters({
    ...describeOperation('averagePool', source),
    forward: (inputs) =>
      tf.avgPool(only({ inputs }) as Tensor4D, [...geometry.window], [...geometry.strides], geometry.padding),
    pullback: (cotangent, io) => [averagePoolGradient(cotangent as Tensor4D, onlyShape(io), geometry)],
    region: (output, inputShapes) => [windowRegion(output, inputShapes[0], geometry)],
    partial: {
      beyond: 0,
      run: (inputs, part) => {
        const mean = tf.avgPool(only({ inputs }) as Tensor4D, [...geometry.window], [...geometry.strides], 'valid');
        const corrections = withoutPadding(part, geometry);
        return corrections ? tf.mul(mean, corrections) : mean;
      },
    },
  });
}

/** What brings a mean that counts zeros beyond the border to one that does not; nothing where the part has none. */
function withoutPadding({ at, size, inputShapes }: Part, geometry: WindowGeometry): Tensor4D | undefined {
  const factors = ([0, 1] as const).map((axis) => {
    const length = inputShapes[0]?.[axis + 1] as number;
    const { window, stride, ...others } = axisOf(geometry, axis);
    const before = paddingBefore(length, { window, stride, ...others });
    return at.map((first) =>
      Array.from({ length: size[axis] }, (_, i) => {
        const start = (first[axis] + i) * stride - before;
        return window / (Math.min(start + window, length) - Math.max(start, 0));
      }),
    );
  }) as [number[][], number[][]];
  if (factors.flat(2).every((factor) => factor === 1)) return undefined;
  const [rows, columns] = factors;
  const [tall, wide] = size;
  const perRow = tf.tensor4d(rows.flat(), [at.length, tall, 1, 1]);
  return tf.mul<Tensor4D>(perRow, tf.tensor4d(columns.flat(), [at.length, 1, wide, 1]));
}

/** The mean over rows and columns. */
export function globalAveragePool(source: OperationSource): Operation {
  return withoutParameters({
    ...describeOperation('globalAveragePool', source),
    forward: (inputs) => tf.mean(only({ inputs }), [1, 2]),
    pullback: (cotangent, io) => {
      const [batch, rows, columns, channels] = onlyShape(io) as [number, number, number, number];
      const share = tf.mul(cotangent, 1 / (rows * columns));
      // Ten times faster on wasm than tile.
      return [tf.mul(tf.reshape(share, [batch, 1, 1, channels]), tf.ones([1, rows, columns, 1]))];
    },
    region: wholeRegion,
  });
}

/** The maximum over rows and columns; a tie goes to the first. */
export function globalMaxPool(source: OperationSource): Operation {
  return withoutParameters({
    ...describeOperation('globalMaxPool', source),
    needs: ['inputs'],
    forward: (inputs) => tf.max(only({ inputs }), [1, 2]),
    pullback: (cotangent, io) => [globalMaxGradient(cotangent, only(io) as Tensor4D)],
    region: wholeRegion,
  });
}
