import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { FusedActivation, Operation, OperationKind, Parameters } from '../operation.ts';
import { windowRegion } from '../region.ts';
import { describeOperation, type OperationSource, onlyShape, parameter } from './base.ts';
import { foldAffine } from './foldAffine.ts';
import { fusesRelu } from './fusion.ts';

interface KernelAndBias {
  readonly kernel: Tensor4D;
  readonly bias?: Tensor1D;
}

/** What sets one kind of convolution apart from another. */
export interface ConvolutionKind {
  readonly kind: OperationKind;
  readonly run: (
    x: Tensor4D,
    weights: KernelAndBias,
    geometry: WindowGeometry,
    activation: FusedActivation | undefined,
  ) => Tensor;
  /** What is kept of a kernel for the input gradient. */
  readonly prepare: (kernel: Tensor4D, geometry: WindowGeometry) => Tensor4D;
  readonly inputGradient: (
    cotangent: Tensor4D,
    prepared: Tensor4D,
    inputShape: readonly number[],
    geometry: WindowGeometry,
  ) => Tensor;
  /** The shape that lines the output channels up with the last axes of the kernel. */
  readonly channels: (kernelShape: readonly number[]) => readonly number[];
}

/** A convolution of one kind, as an operation. */
export function convolution(
  convolved: ConvolutionKind,
  source: OperationSource,
  { geometry, parameters }: { geometry: WindowGeometry; parameters: () => Parameters },
): Operation {
  const { kind, run, prepare, inputGradient, channels } = convolved;
  const withWeights = (other: () => Parameters): Operation =>
    convolution(convolved, source, { geometry, parameters: other });
  return {
    ...describeOperation(kind, source),
    get parameters() {
      return parameters();
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) =>
      run(x as Tensor4D, kernelAndBias(weights), geometry, activation),
    pullback: (cotangent, io, weights = parameters()) => {
      const kernel = parameter<Tensor4D>(weights, 'kernel');
      const prepared = source.store.derive(`${source.address}: input gradient of ${kind}`, [kernel], () =>
        prepare(kernel, geometry),
      );
      return [inputGradient(cotangent as Tensor4D, prepared, onlyShape(io), geometry)];
    },
    region: (output, inputShapes) => [windowRegion(output, inputShapes[0], geometry)],
    withParameters: withWeights,
    absorb: (affine) => withWeights(foldAffine(source, parameters, { affine, channels })),
  };
}

function kernelAndBias(weights: Parameters): KernelAndBias {
  return {
    kernel: parameter<Tensor4D>(weights, 'kernel'),
    ...(weights.bias && { bias: weights.bias as Tensor1D }),
  };
}
