import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../backend/kernels/elementwise.ts';
import { resizePlaces } from '../../backend/kernels/resizePlaces.ts';
import { divNoNan } from '../../backend/portable.ts';
import type { Operation, OperationKind } from '../../network/graph/operation.ts';
import { curvedKinds } from '../../network/graph/operationKinds.ts';
import { type Composite, gradientRule, type Rule } from '../../network/walk/composite.ts';

/** Sums that the rules of a FullGrad walk gather on their way. */
export interface BiasTally {
  /** The exact gradient, with the sums as a side effect. */
  readonly composite: Composite;
  /** Clones of the sums: maps `[n, …places]`, and per example bias × gradient and the implicit part. */
  sums(): { map: Tensor; bias: Tensor1D; implicit: Tensor1D };
  dispose(): void;
}

const notHomogeneous: readonly OperationKind[] = [
  ...curvedKinds,
  'elementwise',
  'softmax',
  'logSoftmax',
  'layerNormalization',
  'multiply',
  'opaque',
];

/** What a tally is for. */
export interface TallyRequest {
  readonly rows: number;
  /** The lengths of the maps: rows and columns, behind the depth of a volume or the number of frames. */
  readonly places: readonly number[];
  /** Whether an operation sees the picture, so that its places are some in it. */
  readonly onMap: (operation: Operation) => boolean;
}

/** Starts the sums. */
export function createBiasTally({ rows, places, onMap }: TallyRequest): BiasTally {
  const sums = { map: tf.keep(tf.zeros([rows, ...places])), bias: kept(rows), implicit: kept(rows) };

  // What a rule makes is freed when it returns; the sums outlive it.
  const include = (name: keyof typeof sums, share: Tensor): void => {
    const before: Tensor = sums[name];
    Object.assign(sums, { [name]: tf.keep(tf.add(before, share)) });
    before.dispose();
  };

  const biased = (mapped: boolean): Rule => ({
    ...gradientRule,
    backward(operation, io, streams) {
      const { bias, shift = bias } = operation.parameters;
      const [stream] = streams as [Tensor];
      if (shift) {
        const share = tf.mul(stream, channelRow(shift));
        include('bias', sumPerExample(share));
        // The bias of a dense layer has no place on the map.
        if (mapped && share.rank === places.length + 2) include('map', saliency(share, places));
      }
      return gradientRule.backward(operation, io, streams);
    },
  });

  /** f(z) − f′(z)·z, weighted by the signal: zero where f is positively homogeneous. */
  const implicit =
    (values: (io: { inputs: readonly Tensor[]; output: Tensor }) => readonly Tensor[]): Rule['backward'] =>
    (operation, io, streams) => {
      const passed = gradientRule.backward(operation, io, streams);
      const linear = values(io).map((value, i) => sumPerExample(tf.mul(value, passed[i]?.[0] as Tensor)));
      include('implicit', linear.reduce<Tensor>(tf.sub, sumPerExample(tf.mul(io.output, streams[0] as Tensor))));
      return passed;
    };
  const curved: Rule = { ...gradientRule, needs: ['inputs', 'output'], backward: implicit(({ inputs }) => inputs) };
  // Where a clipped ReLU passes a signal, its output is its input.
  const clipped: Rule = { ...gradientRule, needs: ['output'], backward: implicit(({ output }) => [output]) };

  const hasBias = ({ linear, kind }: Operation): boolean => linear || kind === 'affine';
  return {
    composite: [
      [(operation) => hasBias(operation) && onMap(operation), biased(true)],
      [hasBias, biased(false)],
      [({ kind, ceiling }) => kind === 'relu' && ceiling !== undefined, clipped],
      [notHomogeneous, curved],
    ],
    sums: () => ({
      map: tf.clone(sums.map),
      bias: tf.clone(sums.bias),
      implicit: tf.clone(sums.implicit),
    }),
    dispose: () => Object.values(sums).forEach((sum: Tensor) => sum.dispose()),
  };
}

function kept(rows: number): Tensor1D {
  return tf.keep(tf.zeros([rows]) as Tensor1D);
}

/** The sum over all axes but the first. */
export function sumPerExample(values: Tensor): Tensor1D {
  return tf.sum(tf.reshape(values, [values.shape[0] as number, -1]), 1);
}

/** ψ: the sum of absolute values over channels, scaled to [0, 1] per example and resized: `[n, …places]`. */
export function saliency(values: Tensor, places: readonly number[]): Tensor {
  const map = tf.sum(tf.abs(values), -1, true);
  const axes = places.map((_, axis) => axis + 1);
  const low = tf.min(map, axes, true);
  const scaled = divNoNan(tf.sub(map, low), tf.sub(tf.max(map, axes, true), low));
  return tf.squeeze(resizePlaces(scaled, places), [-1]);
}
