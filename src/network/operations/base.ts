import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdConvolution } from '../../backend/kernels/convolving/simdConvolution.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type {
  Operation,
  OperationIo,
  OperationKind,
  OperationParameters,
  OperationRegion,
  PartialForward,
} from '../graph/operation.ts';
import type { WeightStore } from '../walk/store.ts';

/** Where an operation comes from and where it keeps what it makes from its weights. */
export interface OperationSource {
  readonly address: string;
  readonly layerClass: string;
  readonly store: WeightStore;
}

/** The part of a source that names an operation; another operation has it too. */
export type Origin = Pick<OperationSource, 'address' | 'layerClass'>;

/** The fields that every operation has, with the most common values. */
export function describeOperation(
  kind: OperationKind,
  source: Origin,
): Pick<Operation, 'kind' | 'address' | 'layerClass' | 'parameters' | 'needs' | 'linear'> {
  const { address, layerClass } = source;
  return { kind, address, layerClass, parameters: {}, needs: [], linear: false };
}

/** An operation without weights. */
export function withoutParameters(operation: Omit<Operation, 'withParameters'>): Operation {
  const whole: Operation = { ...operation, withParameters: () => whole };
  return whole;
}

/** The region of an operation whose output positions depend on the same input positions alone. */
export function sameRegion(output: OperationRegion, inputShapes: readonly unknown[]): OperationRegion[] {
  return inputShapes.map(() => output);
}

/** The region of an operation along the last axis: of images, the channels of the same position. */
export function channelRegion(
  output: OperationRegion,
  inputShapes: readonly (readonly unknown[])[],
): (OperationRegion | 'all')[] {
  return inputShapes.map(({ length }) => (length === 4 ? output : 'all'));
}

/** The region of an operation whose output positions depend on every input position. */
export function wholeRegion(_output: OperationRegion, inputShapes: readonly unknown[]): 'all'[] {
  return inputShapes.map(() => 'all');
}

/** Whether weights are the same at every position. */
export function perChannel(...weights: readonly (Tensor | undefined)[]): boolean {
  return weights.every((tensor) => !tensor || tensor.size === tensor.shape.at(-1));
}

/** An operation whose output positions depend on the same input positions alone does with a part what it does with all. */
export function pointwise(forward: Operation['forward']): PartialForward {
  return { beyond: 0, run: (inputs, _part, activation) => forward(inputs, undefined, activation) };
}

/** The one input of an operation. */
export function only(io: Pick<OperationIo, 'inputs'>): Tensor {
  return io.inputs[0] as Tensor;
}

/** The shape of the one input of an operation. */
export function onlyShape(io: Pick<OperationIo, 'inputShapes'>): number[] {
  return [...(io.inputShapes[0] as readonly number[])];
}

/** Sums a cotangent over the axes along which an operand of that shape was broadcast. */
export function sumToShape(cotangent: Tensor, shape: readonly number[]): Tensor {
  const axes = cotangent.shape.flatMap((length, axis) => (length !== shape[axis] ? [axis] : []));
  return axes.length === 0 ? tf.clone(cotangent) : tf.sum(cotangent, axes, true);
}

/** How a linear operation keeps what is made from its kernel or its bias. */
export function derivedWeights(
  { address, store }: OperationSource,
  parameters: () => OperationParameters,
): NonNullable<Operation['derive']> {
  return (name, make, of = 'kernel') => {
    const weight = parameter(parameters(), of);
    return store.derive(`${address}: ${name} ${of}`, [weight], () => make(weight));
  };
}

/** What a convolution by SIMD kernels makes of x; its packed kernel is kept. */
export function bySimdConvolution(
  { address, store }: OperationSource,
  { name, pack, run }: SimdConvolution,
  { x, kernel, ...added }: { x: Tensor; kernel: Tensor } & Parameters<SimdConvolution['run']>[2],
): Tensor {
  const packed = store.derive(`${address}: ${name}`, [kernel], () => pack(kernel));
  return run(x, packed, added);
}

/** A weight that must be there. */
export function parameter<T extends Tensor>(parameters: OperationParameters, name: string): T {
  const tensor = parameters[name];
  if (tensor === undefined) {
    throw new VitrineError(
      'bad-argument',
      `parameter "${name}" is missing; given: ${Object.keys(parameters).join(', ')}`,
    );
  }
  return tensor as T;
}
