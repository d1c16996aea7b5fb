import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../backend/kernels/convInputGradient.ts';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Operation, Parameters } from '../operation.ts';
import { windowRegion } from '../region.ts';
import { describeOperation, type OperationSource, onlyShape, parameter } from './base.ts';
import { foldAffine, lastAxis } from './foldAffine.ts';
import { fusedName, fusesRelu } from './fusion.ts';

/** A 2-D convolution: `kernel` [height, width, in, out], optional `bias` [out]. */
export function conv2d(source: OperationSource, geometry: WindowGeometry, parameters: () => Parameters): Operation {
  const { strides, padding, dilations } = geometry;
  const kernelOf = (weights: Parameters): Tensor4D => parameter<Tensor4D>(weights, 'kernel');
  return {
    ...describeOperation('conv2d', source),
    get parameters() {
      return parameters();
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) =>
      tf.fused.conv2d({
        x: x as Tensor4D,
        filter: kernelOf(weights),
        strides: [...strides],
        pad: padding,
        dilations: [...dilations],
        ...(weights.bias && { bias: weights.bias as Tensor1D }),
        activation: fusedName(activation),
      }),
    pullback: (cotangent, io, weights = parameters()) => {
      const kernel = kernelOf(weights);
      const prepared = source.store.derive(`${source.address}: input gradient kernel`, [kernel], () =>
        prepareConvKernel(kernel, geometry),
      );
      return [convInputGradient(cotangent as Tensor4D, prepared, onlyShape(io), geometry) as Tensor];
    },
    region: (output, inputShapes) => [windowRegion(output, inputShapes[0], geometry)],
    withParameters: (other) => conv2d(source, geometry, other),
    absorb: (affine) => conv2d(source, geometry, foldAffine(source, parameters, { affine, channels: lastAxis })),
  };
}
