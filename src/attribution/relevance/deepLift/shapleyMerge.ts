import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { divNoNan } from '../../../backend/portable.ts';
import { sumToShape } from '../../../network/operations/base.ts';
import { aligned, withOwnShapes } from '../../../network/operations/merge.ts';
import type { Rule } from '../../../network/walk/composite.ts';

/** The merges of {@link shapleyMerge}. */
export const shapleyKinds = ['multiply', 'maximum', 'minimum'] as const;

/**
 * Products, maxima and minima: of two tensors each is given its Shapley value
 * φ_a = ½[(f(a, b) − f(a', b)) + (f(a, b') − f(a', b'))], and m = φ_a / Δa. More are merged pair by pair, as tfjs does.
 */
export const shapleyMerge: Rule = {
  name: 'shapley',
  needs: ['inputs', 'reference'],
  backward: ({ kind, batchAxes }, io, streams) => {
    const merge = merges[kind as (typeof shapleyKinds)[number]];
    const compared = [aligned(io.inputs, batchAxes), aligned(io.reference.inputs, batchAxes)] as const;
    const perStream = streams.map((stream) => withOwnShapes(unfold(stream, compared, merge), io));
    return io.inputs.map((_, i) => perStream.map((multipliers) => multipliers[i] as Tensor));
  },
};

/** A value and what it is in the reference run. */
type Compared = readonly [here: Tensor, reference: Tensor];

interface Merge {
  readonly combine: (a: Tensor, b: Tensor) => Tensor;
  /** φ / Δ of both operands. */
  readonly slopes: (a: Compared, b: Compared) => readonly [Tensor, Tensor];
}

const merges: Readonly<Record<(typeof shapleyKinds)[number], Merge>> = {
  multiply: { combine: tf.mul, slopes: (a, b) => [mean(...b), mean(...a)] },
  maximum: extreme(tf.maximum),
  minimum: extreme(tf.minimum),
};

function extreme(combine: Merge['combine']): Merge {
  const slope = ([a, a0]: Compared, [b, b0]: Compared): Tensor => {
    const share = mean(tf.sub(combine(a, b), combine(a0, b)), tf.sub(combine(a, b0), combine(a0, b0)));
    return divNoNan(share, tf.sub(a, a0));
  };
  return { combine, slopes: (a, b) => [slope(a, b), slope(b, a)] };
}

/** The multipliers of all operands: first of the last one and of what it was merged with. */
function unfold(
  stream: Tensor,
  [inputs, references]: readonly [readonly Tensor[], readonly Tensor[]],
  merge: Merge,
): readonly Tensor[] {
  if (inputs.length === 1) return [stream];
  const [rest, restOfReference] = [inputs.slice(0, -1), references.slice(0, -1)];
  const before: Compared = [rest.reduce(merge.combine), restOfReference.reduce(merge.combine)];
  const last: Compared = [inputs.at(-1) as Tensor, references.at(-1) as Tensor];
  const [toBefore, toLast] = merge.slopes(before, last);
  return [
    ...unfold(sumToShape(tf.mul(stream, toBefore), before[0].shape), [rest, restOfReference], merge),
    sumToShape(tf.mul(stream, toLast), last[0].shape),
  ];
}

function mean(a: Tensor, b: Tensor): Tensor {
  return tf.mul(tf.add(a, b), 0.5);
}
