import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../backend/kernels/convInputGradient.ts';
import { convTransposeInputGradient } from '../../backend/kernels/convTransposeInputGradient.ts';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Operation, Parameters } from '../operation.ts';
import { transposedWindowRegion } from '../region.ts';
import { derivedWeights, describeOperation, type OperationSource, onlyShape, parameter } from './base.ts';
import { foldAffine } from './foldAffine.ts';

/** A transposed convolution: `kernel` [height, width, out, in], optional `bias` [out]. It is the input gradient of a convolution. */
export function conv2dTranspose(
  source: OperationSource,
  geometry: WindowGeometry,
  parameters: () => Parameters,
): Operation {
  const kernelOf = (weights: Parameters): Tensor4D => parameter<Tensor4D>(weights, 'kernel');
  return {
    ...describeOperation('conv2dTranspose', source),
    get parameters() {
      return parameters();
    },
    linear: true,
    forward: ([x], weights = parameters()) => {
      const kernel = kernelOf(weights);
      const prepared = source.store.derive(`${source.address}: transposed kernel`, [kernel], () =>
        prepareConvKernel(kernel, geometry),
      );
      const outputShape = transposedShape((x as Tensor4D).shape, kernel.shape, geometry);
      const y = convInputGradient(x as Tensor4D, prepared, outputShape, geometry);
      return weights.bias ? tf.add(y, weights.bias) : y;
    },
    pullback: (cotangent, _io, weights = parameters()) => [
      convTransposeInputGradient(cotangent as Tensor4D, kernelOf(weights), geometry) as Tensor,
    ],
    region: (output, inputShapes) => [transposedWindowRegion(output, onlyShape({ inputShapes }), geometry)],
    withParameters: (other) => conv2dTranspose(source, geometry, other),
    absorb: (affine) =>
      conv2dTranspose(
        source,
        geometry,
        foldAffine(source, parameters, { affine, channels: (kernelShape) => [kernelShape[2] as number, 1] }),
      ),
    derive: derivedWeights(source, parameters),
  };
}

/** Keras: n·s for 'same'; n·s + max(k − s, 0) for 'valid'. */
function transposedShape(
  [batch, rows, columns]: readonly number[],
  kernelShape: readonly number[],
  { window, strides, padding }: WindowGeometry,
): number[] {
  const length = (n: number, axis: 0 | 1): number =>
    n * strides[axis] + (padding === 'valid' ? Math.max(window[axis] - strides[axis], 0) : 0);
  return [batch as number, length(rows as number, 0), length(columns as number, 1), kernelShape[2] as number];
}
