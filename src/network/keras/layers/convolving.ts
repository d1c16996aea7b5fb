import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, extentOf, outputSize, type WindowGeometry } from '../../../backend/kernels/geometry.ts';
import type { Constant, Operand, TensorFunction } from '../../functions/tensorFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { Operation, OperationParameters } from '../../graph/operation.ts';
import { pad } from '../../operations/border.ts';
import { conv2dTranspose, type TransposedGeometry, transposedLength } from '../../operations/conv2dTranspose.ts';
import { conv2d, depthwiseConv2d } from '../../operations/convolution.ts';
import { groupedConv2d } from '../../operations/groupedConv2d.ts';

/** What the convolutions of Keras have in common. */
export interface ConvolutionOptions {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'same' | 'valid' | 'causal';
  readonly dilationRate: readonly number[];
  readonly groups: number;
  readonly depthMultiplier: number;
  readonly outputPadding: readonly number[] | null;
  readonly useBias: boolean;
  readonly activation: string;
}

type Pair = readonly [number, number];

/** A convolution of planes in groups of channels; operands: value, kernel [rows, columns, in / groups, out], bias. */
export function convolution(options: ConvolutionOptions): TensorFunction {
  const geometry = geometryOf(options);
  const before = causalPadding(options);
  return {
    applied: { name: 'conv2d' },
    apply: ([x, kernel, bias]) => {
      const padded = tf.pad4d(x as Tensor4D, [
        [0, 0],
        [0, 0],
        [before, 0],
        [0, 0],
      ]);
      return [withBias(inGroups(padded, kernel as Tensor4D, { ...geometry, groups: options.groups }), bias)];
    },
    shapes: ([shape = []]) => [windowed(shape, { ...options, units: options.filters })],
    lower: ({ source, operands }) => [
      ...(before === 0 ? [] : [pad(source, { rows: [0, 0], columns: [before, 0] })]),
      groupedConv2d(source, { ...geometry, groups: options.groups }, parametersOf(operands)),
    ],
  };
}

/** A depthwise convolution; operands: value, kernel [rows, columns, in, multiplier], bias. */
export function depthwiseConvolution(options: ConvolutionOptions): TensorFunction {
  const geometry = geometryOf(options);
  const units = ([, , , channels]: OpenShape): number | null =>
    typeof channels === 'number' ? channels * options.depthMultiplier : null;
  return {
    applied: { name: 'depthwiseConv2d' },
    apply: ([x, kernel, bias]) => [withBias(depthwise(x as Tensor4D, kernel as Tensor4D, geometry), bias)],
    shapes: ([shape = []]) => [windowed(shape, { ...options, units: units(shape) })],
    lower: ({ source, operands }) => [depthwiseConv2d(source, geometry, parametersOf(operands))],
  };
}

/** A depthwise convolution and a 1 × 1 one; operands: value, both kernels, bias. */
export function separableConvolution(options: ConvolutionOptions): TensorFunction {
  const geometry = geometryOf(options);
  return {
    applied: { name: 'separableConv2d' },
    apply: ([x, first, second, bias]) => {
      const apart = depthwise(x as Tensor4D, first as Tensor4D, geometry);
      return [withBias(tf.conv2d(apart, second as Tensor4D, 1, 'valid'), bias)];
    },
    shapes: ([shape = []]) => [windowed(shape, { ...options, units: options.filters })],
    lower: ({ source, operands: [value, first, second, ...bias] }): readonly Operation[] => [
      depthwiseConv2d(source, geometry, parametersOf([value, first])),
      conv2d(source, pointwise, parametersOf([value, second, ...bias])),
    ],
  };
}

/** A transposed convolution; operands: value, kernel [rows, columns, out, in], bias. */
export function transposedConvolution(options: ConvolutionOptions): TensorFunction {
  const { outputPadding } = options;
  const geometry: TransposedGeometry = {
    ...geometryOf(options),
    ...(outputPadding && { outputPadding: outputPadding as Pair }),
  };
  const sized = ([batch = null, rows, columns]: OpenShape): OpenShape => {
    const length = (n: number | null | undefined, axis: 0 | 1): number | null =>
      typeof n === 'number' ? transposedLength(n, geometry, axis) : null;
    return [batch, length(rows, 0), length(columns, 1), options.filters];
  };
  return {
    applied: { name: 'conv2dTranspose' },
    apply: ([x, kernel, bias]) => {
      const shape = sized((x as Tensor).shape) as [number, number, number, number];
      const spread = dilated(kernel as Tensor4D, geometry.dilations);
      const made = tf.conv2dTranspose(x as Tensor4D, spread, shape, [...geometry.strides], geometry.padding);
      return [withBias(made, bias)];
    },
    shapes: ([shape = []]) => [sized(shape)],
    lower: ({ source, operands }) => [conv2dTranspose(source, geometry, parametersOf(operands))],
  };
}

const pointwise: WindowGeometry = { window: [1, 1], strides: [1, 1], padding: 'valid', dilations: [1, 1] };

function geometryOf({ kernelSize, strides, padding, dilationRate }: ConvolutionOptions): WindowGeometry {
  return {
    window: kernelSize as Pair,
    strides: strides as Pair,
    padding: padding === 'same' ? 'same' : 'valid',
    dilations: dilationRate as Pair,
  };
}

/** Causal windows end at the place they are for. */
function causalPadding(options: ConvolutionOptions): number {
  return options.padding === 'causal' ? extentOf(axisOf(geometryOf(options), 1)) - 1 : 0;
}

function windowed(
  [batch = null, rows, columns]: OpenShape,
  { units, ...options }: ConvolutionOptions & { units: number | null },
): OpenShape {
  const geometry = geometryOf(options);
  const length = (n: number | null | undefined, axis: 0 | 1): number | null =>
    typeof n === 'number' ? outputSize(n, axisOf(geometry, axis)) : null;
  const before = causalPadding(options);
  return [batch, length(rows, 0), length(typeof columns === 'number' ? columns + before : null, 1), units];
}

function inGroups(
  x: Tensor4D,
  kernel: Tensor4D,
  { groups, ...geometry }: WindowGeometry & { groups: number },
): Tensor4D {
  const convolve = (values: Tensor4D, weights: Tensor4D): Tensor4D =>
    tf.conv2d(values, weights, [...geometry.strides], geometry.padding, 'NHWC', [...geometry.dilations]);
  if (groups === 1) return convolve(x, kernel);
  const kernels = tf.split(kernel, groups, 3);
  const parts = tf.split(x, groups, 3).map((part, i) => convolve(part as Tensor4D, kernels[i] as Tensor4D));
  return tf.concat(parts, 3);
}

function depthwise(x: Tensor4D, kernel: Tensor4D, { strides, padding, dilations }: WindowGeometry): Tensor4D {
  return tf.depthwiseConv2d(x, kernel, [...strides], padding, 'NHWC', [...dilations]);
}

/** A kernel with zeros between its places, which does without dilation. */
function dilated(kernel: Tensor4D, [down, across]: Pair): Tensor4D {
  const [rows, columns, units, channels] = kernel.shape;
  const spread = (tensor: Tensor, [count, size, rate]: readonly [number, number, number]): Tensor => {
    const zeros = tf.zeros([count, rate - 1, size]);
    const apart = rate === 1 ? tensor : tf.concat([tf.reshape(tensor, [count, 1, size]), zeros], 1);
    return tf.reshape(apart, [count * rate, size]);
  };
  const tall = spread(kernel, [rows, columns * units * channels, down]);
  const whole = spread(tall, [rows * down * columns, units * channels, across]);
  const padded = tf.reshape(whole, [rows * down, columns * across, units, channels]) as Tensor4D;
  return tf.slice4d(padded, [0, 0, 0, 0], [(rows - 1) * down + 1, (columns - 1) * across + 1, units, channels]);
}

function withBias(x: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? tf.add(x, bias) : x;
}

function parametersOf([, kernel, bias]: readonly (Operand | undefined)[]): () => OperationParameters {
  return () => ({ kernel: (kernel as Constant).read(), ...(bias && { bias: (bias as Constant).read() }) });
}
