import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { readTensor } from '../../backend/inTurn.ts';
import type { Operation, OperationKind } from '../../network/graph/operation.ts';
import { movingKinds } from '../../network/graph/operationKinds.ts';
import type { Network } from '../../network/network.ts';
import { assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Weights } from './shuffledWeights.ts';

/** The shift of each channel. */
export function checkedShift(inputs: readonly NdArray[], shift: number | readonly number[]): readonly number[] {
  if (inputs.length !== 1) throw new VitrineError('bad-argument', `"model" expected one input, got ${inputs.length}`);
  const channels = inputs[0]?.shape.at(-1) as number;
  const each: readonly number[] = Array.isArray(shift) ? shift : new Array<number>(channels).fill(shift as number);
  if (each.length !== channels) {
    throw new VitrineError(
      'bad-argument',
      `"shift" expected a number or one for each of ${channels} channel(s), got ${describe(shift)}`,
    );
  }
  each.forEach((value) => assertNumber('shift', value));
  return each;
}

/**
 * The biases with which a network gives for x + m what it gave for x: those of the first layers less what they make of
 * m. Where a convolution pads its input, they differ by position.
 */
export async function shiftedWeights(
  network: Network,
  input: NdArray,
  shift: readonly number[],
): Promise<ReadonlyMap<Operation, Weights>> {
  const operations: Operation[] = [];
  const example = input.data.subarray(0, input.data.length / (input.shape[0] as number));
  const constant = example.map((_, i) => shift[i % shift.length] as number);
  const biases = tf.tidy(() => {
    const start = tf.tensor(constant, [1, ...input.shape.slice(1)]);
    const moved = new Map<number, Tensor>([[network.inputs[0]?.value as number, start]]);
    return network.graph.steps.flatMap(({ operation, inputs, output }) => {
      const shifts = inputs.flatMap((value) => moved.get(value) ?? []);
      if (shifts.length === 0) return [];
      if (!operation.linear && operation.kind !== 'affine') {
        moved.set(output, passedOn(operation, shifts, inputs.length));
        return [];
      }
      operations.push(operation);
      return [biasLess(operation, shifts)];
    });
  });
  try {
    const read = await Promise.all(biases.map(readTensor));
    return new Map(operations.map((operation, i) => [operation, named(operation, read[i] as NdArray)]));
  } finally {
    tf.dispose(biases);
  }
}

/** The bias of an operation less what the operation makes of a shift, `[1, …, channels]`. */
function biasLess(operation: Operation, shifts: readonly Tensor[]): Tensor {
  const { bias, shift, ...others } = operation.parameters;
  const own = bias ?? shift;
  const unbiased = shift ? { ...others, shift: tf.zerosLike(shift) } : others;
  const made = operation.forward(shifts, unbiased);
  return own ? tf.sub(own, made) : tf.neg(made);
}

function passedOn(operation: Operation, shifts: readonly Tensor[], inputs: number): Tensor {
  // What only moves values moves a shift too.
  if (movingKinds.includes(operation.kind) && shifts.length === inputs) return operation.forward(shifts);
  const { address, layerClass } = operation;
  throw new VitrineError(
    'unsupported-layer',
    `a shift of the input cannot be made up for behind layer "${address}" (${layerClass}), which is not linear`,
  );
}

/** One number per channel where all positions have the same. */
function named(operation: Operation, { shape, data }: NdArray): Weights {
  const channels = shape.at(-1) as number;
  const same = data.every((value, i) => value === data[i % channels]);
  if (!same && !(placed.includes(operation.kind) && (operation.batchAxes ?? 1) === 1)) {
    throw new VitrineError(
      'unsupported-layer',
      `a shift of the input has no bias that makes up for it in layer "${operation.address}" (${operation.layerClass})`,
    );
  }
  const bias = same ? { shape: [channels], data: data.slice(0, channels) } : { shape, data };
  return operation.kind === 'affine' ? { shift: bias } : { bias };
}

/** The operations whose bias may differ by position. */
const placed: readonly OperationKind[] = ['conv2d', 'depthwiseConv2d', 'conv2dTranspose'];
