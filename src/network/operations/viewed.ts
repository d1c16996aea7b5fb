import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { GradientFactors, LayerMoments, Operation, OperationIo } from '../graph/operation.ts';
import { wholeRegion } from './base.ts';

/** How an operation sees values in another shape, with the same numbers in the same order. */
export interface View {
  /** The shape that inputs and outputs have inside. */
  readonly inside: (shape: readonly number[]) => readonly number[];
  /** The shape outside of an output that was made inside; `input` is the first input's outside. */
  readonly outside: (made: readonly number[], input: readonly number[]) => readonly number[];
  /** How many axes more the batch has outside; 0 by default. */
  readonly leading?: number;
}

/**
 * An operation on values that it sees in another shape. What is folded into it stays folded: the last axis is that of
 * the channels inside as outside, for operations that absorb an affine map.
 */
export function viewed(operation: Operation, view: View): Operation {
  const { inside, outside, leading = 0 } = view;
  const { kind, address, layerClass, needs, linear, applied, ceiling, moments, interpolation, routing } = operation;
  const { fuses, derive, absorb, absorbInput, kernelPullback, batchAxes = 1 } = operation;
  const fold = (x: Tensor): Tensor => tf.reshape(x, [...inside(x.shape)]);
  const folded = (io: OperationIo): OperationIo => ({
    inputShapes: io.inputShapes.map(inside),
    get inputs() {
      return io.inputs.map(fold);
    },
    get output() {
      return fold(io.output);
    },
  });
  return {
    ...{ kind, address, layerClass, needs, linear, applied, batchAxes: batchAxes + leading },
    ...(ceiling !== undefined && { ceiling }),
    ...(moments && { moments: moved(moments, leading) }),
    ...(interpolation && { interpolation }),
    ...(routing !== undefined && { routing }),
    ...(fuses && { fuses }),
    ...(derive && { derive }),
    get parameters() {
      return operation.parameters;
    },
    forward: (inputs, parameters, activation) => {
      const made = operation.forward(inputs.map(fold), parameters, activation);
      return tf.reshape(made, [...outside(made.shape, (inputs[0] as Tensor).shape)]);
    },
    pullback: (cotangent, io, parameters) =>
      operation
        .pullback(fold(cotangent), folded(io), parameters)
        .map((gradient, i) => tf.reshape(gradient, [...(io.inputShapes[i] as readonly number[])])),
    ...(kernelPullback && {
      kernelPullback: (cotangent: Tensor, { inputs }: Pick<OperationIo, 'inputs'>) =>
        kernelPullback(fold(cotangent), { inputs: inputs.map(fold) }),
    }),
    get gradientFactors(): Operation['gradientFactors'] {
      const inner = operation.gradientFactors;
      if (!inner) return undefined;
      return (cotangents, { inputs }) =>
        inner(cotangents.map(fold), { inputs: inputs.map(fold) }).map(ofExamples(cotangents));
    },
    region: wholeRegion,
    withParameters: (parameters) => viewed(operation.withParameters(parameters), view),
    ...(absorb && { absorb: (affine: Operation) => viewed(absorb(affine), view) }),
    ...(absorbInput && { absorbInput: (affine: Operation) => viewed(absorbInput(affine), view) }),
  };
}

/** What each example meets and feeds, where an operation took its frames for examples of their own. */
function ofExamples([cotangent]: readonly Tensor[]): (factors: GradientFactors) => GradientFactors {
  const [examples] = (cotangent as Tensor).shape as [number];
  const regrouped = (x: Tensor): Tensor => tf.reshape(x, [x.shape[0] as number, examples, -1, x.shape[3] as number]);
  return ({ met, fed }) => ({ met: regrouped(met), fed: fed.map(regrouped) });
}

/** The axes of a normalisation behind some more of the batch. */
function moved({ axes, ...others }: LayerMoments, leading: number): LayerMoments {
  return { axes: axes.map((axis) => (axis < 0 ? axis : axis + leading)), ...others };
}

/** An operation on each frame of a sequence [n, t, …], as if the frames were examples. */
export function overFrames(operation: Operation): Operation {
  return viewed(operation, frames);
}

const frames: View = {
  leading: 1,
  inside: ([examples = 1, steps = 1, ...frame]) => [examples * steps, ...frame],
  outside: ([, ...made], [examples = 1, steps = 1]) => [examples, steps, ...made],
};
