import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { resizeBilinear, resizeBilinearGradient, resizeNearestGradient } from '../../backend/kernels/resizeBilinear.ts';
import { type Resampling, resizedRegion } from '../fields/region.ts';
import type { Operation } from '../graph/operation.ts';
import { describeOperation, type OperationSource, only, onlyShape, withoutParameters } from './base.ts';

/** An image plane in another size: up-sampling and resizing layers. */
export function resize(
  source: OperationSource,
  sizeOf: (rows: number, columns: number) => readonly [number, number],
  resampling: Resampling,
): Operation {
  const { interpolation, alignCorners, halfPixelCenters } = resampling;
  return withoutParameters({
    ...describeOperation('resize', source),
    interpolation,
    forward: (inputs) => {
      const x = only({ inputs }) as Tensor4D;
      const size = sizeOf(x.shape[1], x.shape[2]);
      return interpolation === 'bilinear'
        ? resizeBilinear(x, size, resampling)
        : tf.image.resizeNearestNeighbor(x, [...size], alignCorners, halfPixelCenters);
    },
    pullback: (cotangent, io) => {
      const gradient = interpolation === 'bilinear' ? resizeBilinearGradient : resizeNearestGradient;
      return [gradient(cotangent as Tensor4D, onlyShape(io), resampling)];
    },
    region: (output, inputShapes) => {
      const [, rows, columns] = onlyShape({ inputShapes }) as [number, number, number, number];
      return [resizedRegion(output, { from: [rows, columns], to: sizeOf(rows, columns) }, resampling)];
    },
  });
}
