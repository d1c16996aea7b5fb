import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Layer, Variable } from '../graph/layersModel.ts';
import type { Operation, OperationParameters } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { conv2dTranspose } from '../operations/conv2dTranspose.ts';
import { conv2d, depthwiseConv2d } from '../operations/convolution.ts';
import { dense } from '../operations/dense.ts';
import { type Activation, activationOperations } from './activations.ts';
import { inChannelsLast } from './channelsFirst.ts';
import type { Lowering } from './lowering.ts';

/** A convolution of any rank, or a dense layer. */
export interface ConvolutionLayer extends Layer {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: string;
  readonly dataFormat?: string;
  readonly dilationRate?: readonly number[];
  readonly kernel: Variable;
  readonly depthwiseKernel: Variable;
  readonly pointwiseKernel: Variable;
  readonly bias?: Variable | null;
  readonly activation?: Activation | null;
}

type Pair = readonly [number, number];
const unit: Pair = [1, 1];

function geometryOf(layer: ConvolutionLayer, dilations: Pair): WindowGeometry {
  return {
    window: layer.kernelSize as Pair,
    strides: layer.strides as Pair,
    padding: layer.padding === 'same' ? 'same' : 'valid',
    dilations,
  };
}

type Kernel = 'kernel' | 'depthwiseKernel' | 'pointwiseKernel';

/** The live weights of a layer: it keeps its variables; training and `setWeights` change what they hold. */
export function weightsOf(
  layer: ConvolutionLayer,
  kernel: Kernel,
  bias: Variable | null | undefined,
): () => OperationParameters {
  return () => ({ kernel: layer[kernel].read(), ...(bias && { bias: bias.read() }) });
}

/** The operations, for data of the layer's format, and the activation that the layer applies to what they give. */
export function withActivation(
  { dataFormat, activation, kernelSize }: ConvolutionLayer,
  source: OperationSource,
  operations: readonly Operation[],
): readonly Operation[] {
  const rank = kernelSize.length + 2;
  return [...inChannelsLast({ dataFormat, rank }, source, operations), ...activationOperations(activation, source)];
}

export const lowerConv2d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const geometry = geometryOf(layer, (layer.dilationRate ?? unit) as Pair);
  return withActivation(layer, source, [conv2d(source, geometry, weightsOf(layer, 'kernel', layer.bias))]);
};

export const lowerDepthwiseConv2d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  // tfjs-layers does not dilate depthwise convolutions, whatever their configuration says.
  const geometry = geometryOf(layer, unit);
  return withActivation(layer, source, [
    depthwiseConv2d(source, geometry, weightsOf(layer, 'depthwiseKernel', layer.bias)),
  ]);
};

export const lowerSeparableConv2d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const geometry = geometryOf(layer, (layer.dilationRate ?? unit) as Pair);
  const pointwise: WindowGeometry = { window: unit, strides: unit, padding: 'valid', dilations: unit };
  return withActivation(layer, source, [
    depthwiseConv2d(source, geometry, weightsOf(layer, 'depthwiseKernel', undefined)),
    conv2d(source, pointwise, weightsOf(layer, 'pointwiseKernel', layer.bias)),
  ]);
};

export const lowerConv2dTranspose: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const geometry = geometryOf(layer, unit);
  return withActivation(layer, source, [conv2dTranspose(source, geometry, weightsOf(layer, 'kernel', layer.bias))]);
};

export const lowerDense: Lowering<ConvolutionLayer> = (layer, { source }) => [
  dense(source, weightsOf(layer, 'kernel', layer.bias)),
  ...activationOperations(layer.activation, source),
];
