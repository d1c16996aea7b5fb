import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addTensors } from '../../backend/kernels/elementwise.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import type { Operation, OperationIo, OperationKind, OperationRegion } from '../graph/operation.ts';
import { describeOperation, type OperationSource, pointwise, sumToShape, withoutParameters } from './base.ts';

/** The sum of the inputs. */
export function add(source: OperationSource): Operation {
  return merge('add', source, {
    combine: (a, b) => (sameShape(a.shape, b.shape) ? addTensors(a, b) : tf.add(a, b)),
    pullback: (cotangent, io) => io.inputShapes.map((shape) => sumToShape(cotangent, shape)),
  });
}

/** The first input less the second. */
export function subtract(source: OperationSource): Operation {
  return merge('subtract', source, {
    combine: tf.sub,
    pullback: (cotangent, io) =>
      io.inputShapes.map((shape, i) => sumToShape(i === 0 ? cotangent : tf.neg(cotangent), shape)),
  });
}

/** The mean of the inputs. */
export function average(source: OperationSource): Operation {
  return merge('average', source, {
    combine: tf.add,
    finish: (sum, count) => tf.mul(sum, 1 / count),
    pullback: (cotangent, { inputShapes }) => {
      const share = tf.mul(cotangent, 1 / inputShapes.length);
      return inputShapes.map((shape) => sumToShape(share, shape));
    },
  });
}

/** The product of the inputs: gates such as squeeze-and-excitation. */
export function multiply(source: OperationSource): Operation {
  return merge('multiply', source, {
    needs: ['inputs'],
    combine: tf.mul,
    pullback: (cotangent, { inputs, inputShapes }) =>
      inputShapes.map((shape, i) => {
        const others = inputs.filter((_, j) => j !== i);
        return sumToShape(others.reduce<Tensor>(tf.mul, cotangent), shape);
      }),
  });
}

/** The elementwise maximum; a tie goes to the first input. */
export function maximum(source: OperationSource): Operation {
  return merge('maximum', source, { needs: ['inputs', 'output'], combine: tf.maximum, pullback: toWinner });
}

/** The elementwise minimum; a tie goes to the first input. */
export function minimum(source: OperationSource): Operation {
  return merge('minimum', source, { needs: ['inputs', 'output'], combine: tf.minimum, pullback: toWinner });
}

interface Merging {
  readonly needs?: Operation['needs'];
  readonly combine: (a: Tensor, b: Tensor) => Tensor;
  readonly finish?: (combined: Tensor, count: number) => Tensor;
  readonly pullback: (cotangent: Tensor, io: OperationIo) => readonly Tensor[];
}

function merge(
  kind: OperationKind,
  source: OperationSource,
  { needs = [], combine, finish, pullback }: Merging,
): Operation {
  const forward = (inputs: readonly Tensor[]): Tensor => {
    const combined = aligned(inputs).reduce(combine);
    return finish ? finish(combined, inputs.length) : combined;
  };
  return withoutParameters({
    ...describeOperation(kind, source),
    needs,
    forward,
    partial: pointwise(forward),
    pullback: (cotangent, io) => withOwnShapes(pullback(cotangent, alignedIo(io)), io),
    region: mergedRegion,
  });
}

/**
 * Operands of one rank: one of a lower rank, [n, c], is spread over what lies between, [n, 1, 1, c], as Keras does.
 *
 * @param batchAxes how many of the first axes are the batch's.
 */
export function aligned(inputs: readonly Tensor[], batchAxes = 1): Tensor[] {
  return inShapes(
    inputs,
    alignedShapes(
      inputs.map(({ shape }) => shape),
      batchAxes,
    ),
  );
}

/** What was made for aligned operands, in their own shapes. */
export function withOwnShapes(
  cotangents: readonly Tensor[],
  { inputShapes }: Pick<OperationIo, 'inputShapes'>,
): Tensor[] {
  return inShapes(cotangents, inputShapes);
}

function inShapes(tensors: readonly Tensor[], shapes: readonly (readonly number[])[]): Tensor[] {
  return tensors.map((tensor, i) => {
    const shape = shapes[i] as readonly number[];
    return tensor.rank === shape.length ? tensor : tf.reshape(tensor, [...shape]);
  });
}

function alignedShapes(shapes: readonly (readonly number[])[], batchAxes = 1): readonly (readonly number[])[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return shapes.map((shape) => [
    ...shape.slice(0, batchAxes),
    ...new Array<number>(rank - shape.length).fill(1),
    ...shape.slice(batchAxes),
  ]);
}

function alignedIo(io: OperationIo): OperationIo {
  return {
    inputShapes: alignedShapes(io.inputShapes),
    get inputs() {
      return aligned(io.inputs);
    },
    get output() {
      return io.output;
    },
  };
}

/** The region of an operation on each element: of an input that is spread over the plane, as a gate is, all of it. */
export function mergedRegion(
  output: OperationRegion,
  inputShapes: readonly (readonly number[])[],
): (OperationRegion | 'all')[] {
  const shapes = alignedShapes(inputShapes);
  return shapes.map((shape) => (hasWholePlane(shape, shapes) ? output : 'all'));
}

/** Whether an input is as large as the others, and not, as a gate is, spread over their plane. */
function hasWholePlane(shape: readonly number[], inputShapes: readonly (readonly number[])[]): boolean {
  return inputShapes.every((other) => [1, 2].every((axis) => (shape[axis] ?? 1) >= (other[axis] ?? 1)));
}

function toWinner(cotangent: Tensor, { inputs, inputShapes, output }: OperationIo): Tensor[] {
  let rest = cotangent;
  return inputs.map((input, i) => {
    const won = tf.cast(tf.equal(input, output), 'float32');
    const share = tf.mul(rest, won);
    rest = tf.sub(rest, share);
    return sumToShape(share, inputShapes[i] as readonly number[]);
  });
}
