import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../backend/kernels/convInputGradient.ts';
import { convolutionMethod, simdConvolution, simdInputGradient } from '../../backend/kernels/convolve.ts';
import { convTransposeInputGradient } from '../../backend/kernels/convTransposeInputGradient.ts';
import { axisOf, extentOf, type WindowGeometry } from '../../backend/kernels/geometry.ts';
import { transposedWindowRegion } from '../fields/region.ts';
import type { Operation, OperationParameters } from '../graph/operation.ts';
import {
  bySimdConvolution,
  derivedWeights,
  describeOperation,
  type OperationSource,
  onlyShape,
  parameter,
} from './base.ts';
import { foldAffine } from './foldAffine.ts';
import { transposedFactors } from './gradientFactors.ts';

/** The window of a transposed convolution. */
export interface TransposedGeometry extends WindowGeometry {
  /** How many rows and columns the output has beyond the least that such a window makes; Keras's default where it is left out. */
  readonly outputPadding?: readonly [rows: number, columns: number] | undefined;
}

/** A transposed convolution: `kernel` [height, width, out, in], optional `bias` [out]. It is the input gradient of a convolution. */
export function conv2dTranspose(
  source: OperationSource,
  geometry: TransposedGeometry,
  parameters: () => OperationParameters,
): Operation {
  const kernelOf = (weights: OperationParameters): Tensor4D => parameter<Tensor4D>(weights, 'kernel');
  return {
    ...describeOperation('conv2dTranspose', source),
    get parameters() {
      return parameters();
    },
    get method() {
      // By phases, which Winograd's tiles do not fit unless the stride is 1.
      const { shape } = kernelOf(parameters());
      const turned: Tensor4D['shape'] = [shape[0], shape[1], shape[3], shape[2]];
      return convolutionMethod(turned, geometry, source.store.precision);
    },
    linear: true,
    forward: ([x], weights = parameters()) => {
      const kernel = kernelOf(weights);
      const outputShape = transposedShape((x as Tensor4D).shape, kernel.shape, geometry);
      const y = transposed(source, x as Tensor4D, { kernel, geometry, outputShape });
      return weights.bias ? tf.add(y, weights.bias) : y;
    },
    pullback: (cotangent, _io, weights = parameters()) => [
      transposedBack(source, cotangent as Tensor4D, { kernel: kernelOf(weights), geometry }),
    ],
    get gradientFactors() {
      return transposedFactors({ weights: parameters(), geometry });
    },
    region: (output, inputShapes) => {
      const outputShape = transposedShape(
        onlyShape({ inputShapes }),
        parameter(parameters(), 'kernel').shape,
        geometry,
      );
      return [transposedWindowRegion(output, outputShape, geometry)];
    },
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

function transposed(
  source: OperationSource,
  x: Tensor4D,
  { kernel, geometry, outputShape }: { kernel: Tensor4D; geometry: WindowGeometry; outputShape: readonly number[] },
): Tensor {
  const { address, store } = source;
  const own = simdInputGradient(x, kernel, outputShape, { geometry, precision: store.precision, passes: 'values' });
  if (own) return bySimdConvolution(source, own, { x, kernel });
  const prepared = store.derive(`${address}: transposed kernel`, [kernel], () => prepareConvKernel(kernel, geometry));
  return convInputGradient(x, prepared, outputShape, geometry);
}

function transposedBack(
  source: OperationSource,
  cotangent: Tensor4D,
  { kernel, geometry }: { kernel: Tensor4D; geometry: WindowGeometry },
): Tensor {
  const { precision } = source.store;
  const own = simdConvolution(cotangent, kernel, geometry, { precision, passes: 'cotangents' });
  return own
    ? bySimdConvolution(source, own, { x: cotangent, kernel })
    : convTransposeInputGradient(cotangent, kernel, geometry);
}

function transposedShape(
  [batch, rows, columns]: readonly number[],
  kernelShape: readonly number[],
  geometry: TransposedGeometry,
): number[] {
  const length = (n: number, axis: 0 | 1): number => transposedLength(n, geometry, axis);
  return [batch as number, length(rows as number, 0), length(columns as number, 1), kernelShape[2] as number];
}

/**
 * How many rows (axis 0) or columns (axis 1) a transposed convolution makes of n, as Keras's `deconv_output_length`:
 * by default n · s for 'same' and n · s + max(e − s, 0) for 'valid', with e the extent of the dilated window; with an
 * output padding p, (n − 1) · s + e − 2 · ⌊e / 2⌋ + p and (n − 1) · s + e + p.
 */
export function transposedLength(n: number, { outputPadding, ...geometry }: TransposedGeometry, axis: 0 | 1): number {
  const along = axisOf(geometry, axis);
  const { stride, padding } = along;
  const extent = extentOf(along);
  const lost = padding === 'same' ? extent - (extent % 2) : 0;
  if (outputPadding) return (n - 1) * stride + extent - lost + outputPadding[axis];
  return n * stride + (padding === 'valid' ? Math.max(extent - stride, 0) : 0);
}
