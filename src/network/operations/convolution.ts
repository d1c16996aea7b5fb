import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../backend/kernels/convInputGradient.ts';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../../backend/kernels/depthwiseInputGradient.ts';
import { activated } from '../../backend/kernels/elementwise.ts';
import { convolutionPadding, type WindowGeometry } from '../../backend/kernels/geometry.ts';
import { convKernelGradient, type KernelPlacement } from '../../backend/training/convFilterGradient.ts';
import { depthwiseKernelGradient } from '../../backend/training/depthwiseFilterGradient.ts';
import { slidingOf } from '../../backend/training/taps.ts';
import { windowRegion } from '../fields/region.ts';
import type { FusedActivation, Operation, OperationKind, OperationParameters } from '../graph/operation.ts';
import {
  derivedWeights,
  describeOperation,
  type OperationSource,
  onlyShape,
  parameter,
  perChannel,
  pointwise,
} from './base.ts';
import { foldAffine, foldInputAffine, fusedName, fusesRelu } from './foldAffine.ts';

const fullConvolution: ConvolutionKind = {
  kind: 'conv2d',
  run: tf.fused.conv2d,
  prepare: prepareConvKernel,
  inputGradient: convInputGradient,
  kernelGradient: convKernelGradient,
  outputAxes: 1,
};

/** A 2-D convolution: `kernel` [height, width, in, out], optional `bias` [out]. */
export function conv2d(
  source: OperationSource,
  geometry: WindowGeometry,
  parameters: () => OperationParameters,
): Operation {
  return convolution(fullConvolution, source, { geometry, parameters });
}

const depthwiseConvolution: ConvolutionKind = {
  kind: 'depthwiseConv2d',
  // It takes padding in numbers for each side as well, which its type leaves out.
  run: tf.fused.depthwiseConv2d as ConvolutionKind['run'],
  prepare: prepareDepthwiseKernel,
  inputGradient: depthwiseInputGradient,
  kernelGradient: depthwiseKernelGradient,
  outputAxes: 2,
};

/** A depthwise convolution: `kernel` [height, width, in, multiplier], optional `bias` [in · multiplier]. */
export function depthwiseConv2d(
  source: OperationSource,
  geometry: WindowGeometry,
  parameters: () => OperationParameters,
): Operation {
  return convolution(depthwiseConvolution, source, { geometry, parameters });
}

/** What tfjs's fused convolutions take. */
interface ConvolutionOperands {
  readonly x: Tensor4D;
  readonly filter: Tensor4D;
  readonly bias?: Tensor1D;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid' | tf.backend_util.ExplicitPadding;
  readonly dilations: [number, number];
  readonly dimRoundingMode?: 'floor';
  readonly activation: 'linear' | 'relu' | 'relu6';
}

/** What sets one kind of convolution apart from another. */
interface ConvolutionKind {
  readonly kind: OperationKind;
  readonly run: (operands: ConvolutionOperands) => Tensor;
  /** What is kept of a kernel for the input gradient. */
  readonly prepare: (kernel: Tensor4D, geometry: WindowGeometry) => Tensor4D;
  readonly inputGradient: (
    cotangent: Tensor4D,
    prepared: Tensor4D,
    inputShape: readonly number[],
    geometry: WindowGeometry,
  ) => Tensor;
  readonly kernelGradient: (x: Tensor4D, cotangent: Tensor4D, placement: KernelPlacement) => Tensor;
  /** How many of the last axes of the kernel hold the output channels. */
  readonly outputAxes: 1 | 2;
}

/** A convolution of one kind, as an operation. */
function convolution(
  convolved: ConvolutionKind,
  source: OperationSource,
  { geometry, parameters }: { geometry: WindowGeometry; parameters: () => OperationParameters },
): Operation {
  const { kind, run, prepare, inputGradient, kernelGradient, outputAxes } = convolved;
  const withWeights = (other: () => OperationParameters): Operation =>
    convolution(convolved, source, { geometry, parameters: other });
  return {
    ...describeOperation(kind, source),
    get parameters() {
      return parameters();
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) => {
      const { bias, ...others } = weights;
      if (!bias || bias.rank === 1) return run(operandsOf(x as Tensor4D, weights, { geometry, activation }));
      // tfjs fuses a bias per channel only; one that differs by position is added.
      const y = run(operandsOf(x as Tensor4D, others, { geometry, activation: undefined }));
      return activated(tf.add(y, bias), activation);
    },
    pullback: (cotangent, io, weights = parameters()) => {
      const kernel = parameter<Tensor4D>(weights, 'kernel');
      const prepared = source.store.derive(`${source.address}: input gradient of ${kind}`, [kernel], () =>
        prepare(kernel, geometry),
      );
      return [inputGradient(cotangent as Tensor4D, prepared, onlyShape(io), geometry)];
    },
    kernelPullback: (cotangent, { inputs }) => {
      const [x, { shape: kernelShape }] = [inputs[0] as Tensor4D, parameter(parameters(), 'kernel')];
      const { strides, dilations, padding: pad } = geometry;
      const sliding = slidingOf(x.shape, kernelShape, { strides: [...strides], dilations: [...dilations], pad });
      return kernelGradient(x, cotangent as Tensor4D, { kernelShape, sliding });
    },
    region: (output, inputShapes) => [windowRegion(output, inputShapes[0], geometry)],
    get partial() {
      if (!perChannel(parameters().bias)) return undefined;
      return pointwise(convolution(convolved, source, { geometry: unpadded(geometry), parameters }).forward);
    },
    withParameters: withWeights,
    absorb: (affine) =>
      withWeights(
        foldAffine(source, parameters, { affine, channels: (kernelShape) => kernelShape.slice(-outputAxes) }),
      ),
    ...(padsNothing(geometry) && {
      absorbInput: (affine: Operation) => withWeights(foldInputAffine(source, parameters, { affine, outputAxes })),
    }),
    derive: derivedWeights(source, parameters),
  };
}

/** Whether a window never reaches over the border. */
export function padsNothing({ padding, window }: WindowGeometry): boolean {
  return padding === 'valid' || window.every((length) => length === 1);
}

/** The same window without padding. As it is where nothing is padded: wasm packs the kernel again for another kind. */
export function unpadded(geometry: WindowGeometry): WindowGeometry {
  return padsNothing(geometry) ? geometry : { ...geometry, padding: 'valid' };
}

function operandsOf(
  x: Tensor4D,
  weights: OperationParameters,
  { geometry, activation }: { geometry: WindowGeometry; activation: FusedActivation | undefined },
): ConvolutionOperands {
  const { strides, dilations } = geometry;
  const pad = convolutionPadding(x.shape, geometry);
  return {
    x,
    filter: parameter<Tensor4D>(weights, 'kernel'),
    ...(weights.bias && { bias: weights.bias as Tensor1D }),
    strides: [...strides],
    pad,
    // tfjs rounds where padding is in numbers only.
    ...(Array.isArray(pad) && { dimRoundingMode: 'floor' as const }),
    dilations: [...dilations],

    activation: fusedName(activation),
  };
}
