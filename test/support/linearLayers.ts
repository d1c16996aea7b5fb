import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../src/backend/kernels/convInputGradient.ts';
import type { Precision } from '../../src/backend/kernels/convolve.ts';
import { convolutionPadding, type WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import type { FusedActivation, Operation } from '../../src/network/graph/operation.ts';
import type { OperationSource } from '../../src/network/operations/base.ts';
import { conv2d } from '../../src/network/operations/convolution.ts';
import { dense } from '../../src/network/operations/dense.ts';
import { createStore } from '../../src/network/walk/store.ts';
import * as oracle from '../oracle/convolution.ts';
import { type Block, outputShape } from '../oracle/windows.ts';
import { noise, tensorOf, type WindowCase } from './windows.ts';

/** A convolution with all that can be fused into it. */
export interface LayerCase extends WindowCase {
  readonly bias: boolean;
  readonly activation: FusedActivation | undefined;
}

/** The window of a dense layer, whose rows are pixels. */
export const onePixel: WindowGeometry = { window: [1, 1], strides: [1, 1], padding: 'valid', dilations: [1, 1] };

/** The numbers that a case is about: the bias is [1, 1, 1, out]. */
export interface LayerNumbers {
  readonly x: Block;
  readonly kernel: Block;
  readonly bias: Block | undefined;
  readonly cotangent: Block;
}

/** The numbers of a case, drawn by its seed. */
export function numbersOf({ inputShape, geometry, outputs, bias, seed }: LayerCase): LayerNumbers {
  return {
    x: noise(inputShape, seed),
    kernel: noise([...geometry.window, inputShape[3], outputs], seed + 1),
    bias: bias ? scaled(noise([1, 1, 1, outputs], seed + 2), 4) : undefined,
    cotangent: noise(outputShape(inputShape, geometry, outputs), seed + 3),
  };
}

/** Output and input gradient by plain loops. */
export function expectedPasses({ geometry, activation, inputShape }: LayerCase, numbers: LayerNumbers): [Block, Block] {
  const { x, kernel, bias, cotangent } = numbers;
  const y = oracle.conv(x, kernel, geometry);
  const { data } = y;
  for (let i = 0; i < data.length; i++) {
    const sum = (data[i] as number) + (bias ? (bias.data[i % bias.data.length] as number) : 0);
    data[i] = activation ? Math.min(Math.max(sum, 0), activation.ceiling ?? Infinity) : sum;
  }
  return [y, oracle.convInputGradient(cotangent, kernel, { inputShape, geometry })];
}

/** An operation with its tensors. */
export interface Layer {
  readonly operation: Operation;
  readonly kernel: Tensor;
  readonly bias: Tensor1D | undefined;
  readonly x: Tensor4D;
  readonly cotangent: Tensor4D;
}

/** Output and input gradient by the operation; the gradient is of what comes before the activation. */
export function passesOf({ operation, x, cotangent }: Layer, activation?: FusedActivation): [Tensor, Tensor] {
  const output = operation.forward([x], undefined, activation);
  const [gradient] = operation.pullback(cotangent, { inputShapes: [x.shape], inputs: [x], output });
  return [output, gradient as Tensor];
}

/** The same of a convolution by tfjs's own kernels. */
export function stockConvolution(
  { x, cotangent, kernel, bias }: Layer,
  geometry: WindowGeometry,
  activation?: FusedActivation,
): [Tensor, Tensor] {
  const filter = kernel as Tensor4D;
  const pad = convolutionPadding(x.shape, geometry);
  const output = tf.fused.conv2d({
    x,
    filter,
    strides: [...geometry.strides],
    dilations: [...geometry.dilations],
    pad,
    ...(bias && { bias }),
    ...(Array.isArray(pad) && { dimRoundingMode: 'floor' }),
    activation: stockName(activation),
  });
  return [output, convInputGradient(cotangent, prepareConvKernel(filter, geometry), x.shape, geometry)];
}

/** The same of a dense layer. */
export function stockDense({ x, cotangent, kernel, bias }: Layer, activation?: FusedActivation): [Tensor, Tensor] {
  const rowsOf = (image: Tensor4D): Tensor2D => tf.reshape(image, [-1, image.shape[3]]);
  const output = tf.fused.matMul({
    a: rowsOf(x),
    b: kernel as Tensor2D,
    ...(bias && { bias }),
    activation: stockName(activation),
  });
  return [output, tf.matMul(rowsOf(cotangent), kernel as Tensor2D, false, true)];
}

function stockName(activation?: FusedActivation): 'linear' | 'relu' | 'relu6' {
  if (!activation) return 'linear';
  return activation.ceiling === 6 ? 'relu6' : 'relu';
}

/** Tensors made of a convolution, which are the caller's; all else is freed. */
export function withConvolution<Made extends tf.TensorContainer>(
  example: Pick<LayerCase, 'geometry'>,
  numbers: LayerNumbers,
  { precision = 'default', run }: { precision?: Precision; run: (layer: Layer) => Made },
): Made {
  return withStore(precision, (source) => {
    const kernel = tensorOf(numbers.kernel);
    const bias = numbers.bias && vectorOf(numbers.bias);
    const operation = conv2d(source, example.geometry, () => ({ kernel, ...(bias && { bias }) }));
    return run({ operation, kernel, bias, x: tensorOf(numbers.x), cotangent: tensorOf(numbers.cotangent) });
  });
}

/** The same of a dense layer: what a convolution of one pixel is to a picture. */
export function withDense<Made extends tf.TensorContainer>(
  numbers: LayerNumbers,
  { precision = 'default', run }: { precision?: Precision; run: (layer: Layer) => Made },
): Made {
  return withStore(precision, (source) => {
    const [, , inputs, outputs] = numbers.kernel.shape;
    const kernel = tf.reshape(tensorOf(numbers.kernel), [inputs, outputs]);
    const bias = numbers.bias && vectorOf(numbers.bias);
    const operation = dense(source, () => ({ kernel, ...(bias && { bias }) }));
    return run({ operation, kernel, bias, x: tensorOf(numbers.x), cotangent: tensorOf(numbers.cotangent) });
  });
}

function withStore<Made extends tf.TensorContainer>(
  precision: Precision,
  make: (source: OperationSource) => Made,
): Made {
  const store = createStore(precision);
  try {
    return tf.tidy(() => make({ address: 'layer', layerClass: 'Test', store }));
  } finally {
    store.dispose();
  }
}

function vectorOf(block: Block): Tensor1D {
  return tf.tensor1d(Float32Array.from(block.data));
}

function scaled({ shape, data }: Block, factor: number): Block {
  return { shape, data: data.map((value) => value * factor) };
}

/** Largest difference over the largest of the expected numbers, which counts as `floor` at least. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>, floor = 0): number {
  let [worst, largest] = [0, floor];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] as number;
    const difference = Math.abs((found[i] as number) - value);
    largest = Math.max(largest, Math.abs(value));
    // NaN is the worst.
    if (!(difference <= worst)) worst = difference;
  }
  return worst === 0 ? 0 : worst / largest;
}

/** The numbers of tensors, which are freed. */
export async function taken(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data() as Promise<Float32Array>));
  tf.dispose([...tensors]);
  return values;
}
