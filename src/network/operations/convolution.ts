import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../backend/kernels/convInputGradient.ts';
import {
  convolutionMethod,
  depthwiseMethod,
  type Precision,
  simdConvolution,
  simdInputGradient,
} from '../../backend/kernels/convolve.ts';
import { depthwiseForward } from '../../backend/kernels/depthwise.ts';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../../backend/kernels/depthwiseInputGradient.ts';
import { activated } from '../../backend/kernels/elementwise.ts';
import { convolutionPadding, type WindowGeometry } from '../../backend/kernels/geometry.ts';
import { convKernelGradient, type KernelPlacement } from '../../backend/training/convFilterGradient.ts';
import { depthwiseKernelGradient } from '../../backend/training/depthwiseFilterGradient.ts';
import { slidingOf } from '../../backend/training/taps.ts';
import { windowRegion } from '../fields/region.ts';
import type {
  FusedActivation,
  Operation,
  OperationKind,
  OperationParameters,
  Part,
  PartialForward,
} from '../graph/operation.ts';
import {
  bySimdConvolution,
  derivedWeights,
  describeOperation,
  type OperationSource,
  onlyShape,
  parameter,
  perChannel,
} from './base.ts';
import { foldAffine, foldInputAffine, fusedName, fusesRelu } from './foldAffine.ts';
import { windowFactors } from './gradientFactors.ts';

const fullConvolution: ConvolutionKind = {
  kind: 'conv2d',
  method: convolutionMethod,
  run: convolved,
  inputGradient: convolvedBack,
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
  method: (_shape, _geometry, precision) => depthwiseMethod(precision),
  run: depthwiseConvolved,
  inputGradient: depthwiseConvolvedBack,
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

/** What sets one kind of convolution apart from another. */
interface ConvolutionKind {
  readonly kind: OperationKind;
  readonly method: (kernelShape: Tensor4D['shape'], geometry: WindowGeometry, precision: Precision) => string;
  readonly run: (source: OperationSource, x: Tensor4D, convolution: Convolving) => Tensor;
  readonly inputGradient: (source: OperationSource, cotangent: Tensor4D, back: ConvolvingBack) => Tensor;
  readonly kernelGradient: (x: Tensor4D, cotangent: Tensor4D, placement: KernelPlacement) => Tensor;
  /** How many of the last axes of the kernel hold the output channels. */
  readonly outputAxes: 1 | 2;
}

interface Convolving {
  readonly weights: OperationParameters;
  readonly geometry: WindowGeometry;
  readonly activation: FusedActivation | undefined;
  /** Where the images begin in those that they are parts of. */
  readonly at?: Part['at'];
}

interface ConvolvingBack {
  readonly kernel: Tensor4D;
  readonly geometry: WindowGeometry;
  readonly inputShape: readonly number[];
}

function convolved(source: OperationSource, x: Tensor4D, { weights, geometry, activation, at }: Convolving): Tensor {
  const kernel = parameter<Tensor4D>(weights, 'kernel');
  const { precision } = source.store;
  const own = simdConvolution(x, kernel, geometry, { precision, passes: 'values' });
  if (own) return bySimdConvolution(source, own, { x, kernel, bias: weights.bias, activation, at });
  return tf.fused.conv2d(operandsOf(x, weights, { geometry, activation }));
}

function convolvedBack(
  source: OperationSource,
  cotangent: Tensor4D,
  { kernel, geometry, inputShape }: ConvolvingBack,
): Tensor {
  const { precision } = source.store;
  const own = simdInputGradient(cotangent, kernel, inputShape, { geometry, precision, passes: 'cotangents' });
  if (own) return bySimdConvolution(source, own, { x: cotangent, kernel });
  const prepared = source.store.derive(`${source.address}: input gradient`, [kernel], () =>
    prepareConvKernel(kernel, geometry),
  );
  return convInputGradient(cotangent, prepared, inputShape, geometry);
}

function depthwiseConvolved(
  { store }: OperationSource,
  x: Tensor4D,
  { weights, geometry, activation }: Convolving,
): Tensor {
  const kernel = parameter<Tensor4D>(weights, 'kernel');
  // The SIMD kernel sums in another order than tfjs's.
  const own =
    store.precision === 'exact' ? undefined : depthwiseForward(x, { kernel, bias: weights.bias }, geometry, activation);
  if (own) return own;
  // It takes padding in numbers for each side as well, which its type leaves out.
  const run = tf.fused.depthwiseConv2d as typeof tf.fused.conv2d;
  return run(operandsOf(x, weights, { geometry, activation }));
}

function depthwiseConvolvedBack(
  { address, store }: OperationSource,
  cotangent: Tensor4D,
  { kernel, geometry, inputShape }: ConvolvingBack,
): Tensor {
  const prepared = store.derive(`${address}: input gradient`, [kernel], () => prepareDepthwiseKernel(kernel, geometry));
  const build = store.precision === 'exact' ? 'plain' : 'fastest';
  return depthwiseInputGradient(cotangent, prepared, inputShape, geometry, build);
}

/** A convolution of one kind, as an operation. */
function convolution(
  way: ConvolutionKind,
  source: OperationSource,
  { geometry, parameters }: { geometry: WindowGeometry; parameters: () => OperationParameters },
): Operation {
  const { kind, method, run, inputGradient, kernelGradient, outputAxes } = way;
  const withWeights = (other: () => OperationParameters): Operation =>
    convolution(way, source, { geometry, parameters: other });
  return {
    ...describeOperation(kind, source),
    get parameters() {
      return parameters();
    },
    get method() {
      return method(parameter<Tensor4D>(parameters(), 'kernel').shape, geometry, source.store.precision);
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) => {
      const { bias, ...others } = weights;
      if (!bias || bias.rank === 1) return run(source, x as Tensor4D, { weights, geometry, activation });
      // A bias per channel is fused; one that differs by position is added.
      const y = run(source, x as Tensor4D, { weights: others, geometry, activation: undefined });
      return activated(tf.add(y, bias), activation);
    },
    pullback: (cotangent, io, weights = parameters()) => {
      const kernel = parameter<Tensor4D>(weights, 'kernel');
      return [inputGradient(source, cotangent as Tensor4D, { kernel, geometry, inputShape: onlyShape(io) })];
    },
    kernelPullback: (cotangent, { inputs }) => {
      const [x, { shape: kernelShape }] = [inputs[0] as Tensor4D, parameter(parameters(), 'kernel')];
      const { strides, dilations, padding: pad } = geometry;
      const sliding = slidingOf(x.shape, kernelShape, { strides: [...strides], dilations: [...dilations], pad });
      return kernelGradient(x, cotangent as Tensor4D, { kernelShape, sliding });
    },
    get gradientFactors() {
      const weights = parameters();
      const groups = outputAxes === 2 ? (parameter(weights, 'kernel').shape[2] as number) : 1;
      return windowFactors({ weights, geometry, groups });
    },
    region: (output, inputShapes) => [windowRegion(output, inputShapes[0], geometry)],
    get partial(): PartialForward | undefined {
      if (!perChannel(parameters().bias)) return undefined;
      return {
        beyond: 0,
        run: ([x], { at }, activation) =>
          run(source, x as Tensor4D, { weights: parameters(), geometry: unpadded(geometry), activation, at }),
      };
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
function unpadded(geometry: WindowGeometry): WindowGeometry {
  return padsNothing(geometry) ? geometry : { ...geometry, padding: 'valid' };
}

/** What tfjs's fused convolutions take. */
function operandsOf(
  x: Tensor4D,
  weights: OperationParameters,
  { geometry, activation }: { geometry: WindowGeometry; activation: FusedActivation | undefined },
): Parameters<typeof tf.fused.conv2d<Tensor4D>>[0] {
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
