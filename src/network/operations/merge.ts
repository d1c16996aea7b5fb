import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addTensors } from '../../backend/kernels/elementwise.ts';
import { sameShape } from '../../numeric/shape.ts';
import type { Io, Operation, OperationKind } from '../operation.ts';
import { describeOperation, type OperationSource, pointwise, sumToShape, withoutParameters } from './base.ts';

/** The sum of the inputs. */
export function add(source: OperationSource): Operation {
  return merge('add', source, {
    combine: (a, b) => (sameShape(a.shape, b.shape) ? addTensors(a, b) : tf.add(a, b)),
    pullback: (cotangent, io) => io.inputShapes.map((shape) => sumToShape(cotangent, shape)),
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
  readonly pullback: (cotangent: Tensor, io: Io) => readonly Tensor[];
}

function merge(
  kind: OperationKind,
  source: OperationSource,
  { needs = [], combine, finish, pullback }: Merging,
): Operation {
  const forward = (inputs: readonly Tensor[]): Tensor => {
    const combined = (inputs as Tensor[]).reduce(combine);
    return finish ? finish(combined, inputs.length) : combined;
  };
  return withoutParameters({
    ...describeOperation(kind, source),
    needs,
    forward,
    partial: pointwise(forward),
    pullback,
    region: (output, inputShapes) => inputShapes.map((shape) => (hasWholePlane(shape, inputShapes) ? output : 'all')),
  });
}

/** Whether an input is as large as the others, and not, as a gate is, spread over their plane. */
function hasWholePlane(shape: readonly number[], inputShapes: readonly (readonly number[])[]): boolean {
  return inputShapes.every((other) => [1, 2].every((axis) => (shape[axis] ?? 1) >= (other[axis] ?? 1)));
}

function toWinner(cotangent: Tensor, { inputs, inputShapes, output }: Io): Tensor[] {
  let rest = cotangent;
  return inputs.map((input, i) => {
    const won = tf.cast(tf.equal(input, output), 'float32');
    const share = tf.mul(rest, won);
    rest = tf.sub(rest, share);
    return sumToShape(share, inputShapes[i] as readonly number[]);
  });
}
