import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Layer, Variable } from '../layersModel.ts';
import type { Parameters } from '../operation.ts';
import { conv2d } from '../operations/conv2d.ts';
import { conv2dTranspose } from '../operations/conv2dTranspose.ts';
import { conv3d, type Window3d } from '../operations/conv3d.ts';
import { dense } from '../operations/dense.ts';
import { depthwiseConv2d } from '../operations/depthwiseConv2d.ts';
import { type Activation, activationOperations } from './activations.ts';
import { inChannelsLast } from './channelsFirst.ts';
import type { Lowering } from './lowering.ts';

interface ConvolutionLayer extends Layer {
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

function weights(kernel: () => Variable, bias: () => Variable | null | undefined): () => Parameters {
  return () => {
    const shift = bias();
    return { kernel: kernel().read(), ...(shift && { bias: shift.read() }) };
  };
}

export const lowerConv2d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const geometry = geometryOf(layer, (layer.dilationRate ?? unit) as Pair);
  const convolution = conv2d(
    source,
    geometry,
    weights(
      () => layer.kernel,
      () => layer.bias,
    ),
  );
  return [
    ...inChannelsLast(layer.dataFormat, source, [convolution]),
    ...activationOperations(layer.activation, source),
  ];
};

export const lowerDepthwiseConv2d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  // tfjs-layers does not dilate depthwise convolutions, whatever their configuration says.
  const geometry = geometryOf(layer, unit);
  const convolution = depthwiseConv2d(
    source,
    geometry,
    weights(
      () => layer.depthwiseKernel,
      () => layer.bias,
    ),
  );
  return [
    ...inChannelsLast(layer.dataFormat, source, [convolution]),
    ...activationOperations(layer.activation, source),
  ];
};

export const lowerSeparableConv2d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const geometry = geometryOf(layer, (layer.dilationRate ?? unit) as Pair);
  const pointwise: WindowGeometry = { window: unit, strides: unit, padding: 'valid', dilations: unit };
  const operations = [
    depthwiseConv2d(
      source,
      geometry,
      weights(
        () => layer.depthwiseKernel,
        () => undefined,
      ),
    ),
    conv2d(
      source,
      pointwise,
      weights(
        () => layer.pointwiseKernel,
        () => layer.bias,
      ),
    ),
  ];
  return [...inChannelsLast(layer.dataFormat, source, operations), ...activationOperations(layer.activation, source)];
};

export const lowerConv2dTranspose: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const convolution = conv2dTranspose(
    source,
    geometryOf(layer, unit),
    weights(
      () => layer.kernel,
      () => layer.bias,
    ),
  );
  return [
    ...inChannelsLast(layer.dataFormat, source, [convolution]),
    ...activationOperations(layer.activation, source),
  ];
};

export const lowerDense: Lowering<ConvolutionLayer> = (layer, { source }) => [
  dense(
    source,
    weights(
      () => layer.kernel,
      () => layer.bias,
    ),
  ),
  ...activationOperations(layer.activation, source),
];

export const lowerConv3d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const { strides, padding, dataFormat, dilationRate } = layer;
  if (dataFormat === 'channelsFirst' || dilationRate?.some((rate) => rate !== 1)) return undefined;
  const window = { strides: strides as Window3d['strides'], padding: padding === 'same' ? padding : 'valid' } as const;
  return [
    conv3d(
      source,
      window,
      weights(
        () => layer.kernel,
        () => layer.bias,
      ),
    ),
    ...activationOperations(layer.activation, source),
  ];
};
