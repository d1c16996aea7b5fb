import { VitrineError } from '../../../numeric/errors.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { OwnLayer, OwnWeight } from '../ownLayer.ts';
import {
  type ConvolutionOptions,
  convolution,
  depthwiseConvolution,
  separableConvolution,
  transposedConvolution,
} from './convolving.ts';
import { alongOneRow } from './oneRow.ts';

/** A convolution in groups of channels. */
export const conv2d: OwnLayer<ConvolutionOptions> = {
  name: 'Conv2D',
  options: defaults(2),
  weights: (options, [input]) => [
    { name: 'kernel', shape: [...options.kernelSize, channelsOf(input) / options.groups, options.filters] },
    ...biasOf(options, options.filters),
  ],
  apply: convolution,
};

/** A convolution along a sequence, in groups of channels or with the padding before it (causal). */
export const conv1d: OwnLayer<ConvolutionOptions> = {
  ...conv2d,
  name: 'Conv1D',
  options: defaults(1),
  apply: (options) => alongOneRow(convolution(asPlane(options))),
};

/** A depthwise convolution with a dilated window. */
export const depthwiseConv2d: OwnLayer<ConvolutionOptions> = {
  name: 'DepthwiseConv2D',
  options: defaults(2),
  weights: (options, [input]) => [
    { name: 'depthwise_kernel', shape: [...options.kernelSize, channelsOf(input), options.depthMultiplier] },
    ...biasOf(options, channelsOf(input) * options.depthMultiplier),
  ],
  apply: depthwiseConvolution,
};

export const depthwiseConv1d: OwnLayer<ConvolutionOptions> = {
  ...depthwiseConv2d,
  name: 'DepthwiseConv1D',
  options: defaults(1),
  apply: (options) => alongOneRow(depthwiseConvolution(asPlane(options))),
};

/** A depthwise convolution that makes several channels of each, and a 1 × 1 one. */
export const separableConv2d: OwnLayer<ConvolutionOptions> = {
  name: 'SeparableConv2D',
  options: defaults(2),
  weights: (options, [input]) => {
    const channels = channelsOf(input);
    const ones = options.kernelSize.map(() => 1);
    return [
      { name: 'depthwise_kernel', shape: [...options.kernelSize, channels, options.depthMultiplier] },
      { name: 'pointwise_kernel', shape: [...ones, channels * options.depthMultiplier, options.filters] },
      ...biasOf(options, options.filters),
    ];
  },
  apply: separableConvolution,
};

export const separableConv1d: OwnLayer<ConvolutionOptions> = {
  ...separableConv2d,
  name: 'SeparableConv1D',
  options: defaults(1),
  apply: (options) => alongOneRow(separableConvolution(asPlane(options))),
};

/** A transposed convolution with a dilated window or a padding of its output. */
export const conv2dTranspose: OwnLayer<ConvolutionOptions> = {
  name: 'Conv2DTranspose',
  options: defaults(2),
  weights: (options, [input]) => [
    { name: 'kernel', shape: [...options.kernelSize, options.filters, channelsOf(input)] },
    ...biasOf(options, options.filters),
  ],
  apply: transposedConvolution,
};

export const conv1dTranspose: OwnLayer<ConvolutionOptions> = {
  ...conv2dTranspose,
  name: 'Conv1DTranspose',
  options: defaults(1),
  apply: (options) => alongOneRow(transposedConvolution(asPlane(options))),
};

function defaults(rank: number): ConvolutionOptions {
  const ones = new Array<number>(rank).fill(1);
  return {
    filters: 1,
    kernelSize: ones,
    strides: ones,
    padding: 'valid',
    dilationRate: ones,
    groups: 1,
    depthMultiplier: 1,
    outputPadding: null,
    useBias: true,
    activation: 'linear',
  };
}

/** The options of a sequence, for a plane of one row. */
function asPlane(options: ConvolutionOptions): ConvolutionOptions {
  const { kernelSize, strides, dilationRate, outputPadding } = options;
  return {
    ...options,
    kernelSize: [1, ...kernelSize],
    strides: [1, ...strides],
    dilationRate: [1, ...dilationRate],
    outputPadding: outputPadding && [0, ...outputPadding],
  };
}

function biasOf({ useBias }: ConvolutionOptions, units: number): readonly OwnWeight[] {
  return useBias ? [{ name: 'bias', shape: [units] }] : [];
}

function channelsOf(shape: OpenShape | undefined): number {
  const channels = shape?.at(-1);
  if (typeof channels === 'number') return channels;
  throw new VitrineError('unsupported-layer', 'a convolution expected a known number of channels');
}
