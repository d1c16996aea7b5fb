import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf } from '../../functions/openShapes.ts';
import type { Operand, TensorFunction } from '../../functions/tensorFunction.ts';
import type { Operation } from '../../graph/operation.ts';
import { affine } from '../../operations/affine.ts';
import type { OperationSource } from '../../operations/base.ts';
import type { OwnConstant, OwnLayer, OwnOperand } from '../ownLayer.ts';
import { alongAxes, lengthOf, readOperand } from './weightAxes.ts';

interface Options {
  readonly axis: readonly number[];
  readonly invert: boolean;
}

/** (x − mean) / max(√variance, 1e−7), or the inverse, with statistics that were read from data; `count` is how many. */
export const normalization: OwnLayer<Options> = {
  name: 'Normalization',
  options: { axis: [-1], invert: false },
  weights: ({ axis }, [input = []]) => {
    const shape = axis.map((given) => lengthOf(input, given));
    return [
      { name: 'mean', shape, trained: false },
      { name: 'variance', shape, start: 'ones', trained: false },
      { name: 'count', shape: [], trained: false },
    ];
  },
  apply: standardized,
};

interface Statistics extends Options {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** The same with statistics that the configuration gives. */
export const configuredNormalization: OwnLayer<Statistics> = {
  name: 'ConfiguredNormalization',
  options: { axis: [-1], invert: false, mean: [0], variance: [1] },
  operands: ({ mean, variance }): readonly OwnOperand[] => [0, constantOf(mean), constantOf(variance)],
  apply: standardized,
};

function constantOf(numbers: readonly number[]): OwnConstant {
  return { numbers, shape: [numbers.length] };
}

function standardized({ axis: given, invert }: Options): TensorFunction {
  return {
    applied: { name: 'normalization' },
    apply: ([x, mean, variance]) => {
      const { shape, rank } = x as Tensor;
      const axes = given.map((axis) => axisOf(axis, rank));
      const centre = alongAxes(mean as Tensor, shape, axes);
      const scale = alongAxes(deviation(variance as Tensor), shape, axes);
      return [invert ? tf.add(tf.mul(x as Tensor, scale), centre) : tf.div(tf.sub(x as Tensor, centre), scale)];
    },
    shapes: ([shape = []]) => [shape],
    pointwise: true,
    lower: ({ source, operands: [value, mean, variance] }) => {
      const rank = value?.shape.length ?? 0;
      const channels = value?.shape.at(-1);
      const perChannel = given.every((axis) => axisOf(axis, rank) === rank - 1);
      if (typeof channels !== 'number' || !perChannel) return undefined;
      return [perChannelOf(source, { channels, mean, variance, invert })];
    },
  };
}

function perChannelOf(
  source: OperationSource,
  {
    channels,
    mean,
    variance,
    invert,
  }: { channels: number; mean: Operand | undefined; variance: Operand | undefined; invert: boolean },
): Operation {
  return affine(source, () => {
    const statistics = [readOperand(mean), readOperand(variance)] as const;
    const derive = (name: string, make: () => Tensor): Tensor =>
      source.store.derive(`${source.address}: ${name}`, [...statistics], () => tf.mul(tf.ones([channels]), make()));
    const [centre, spread] = statistics;
    const scale = (): Tensor => (invert ? deviation(spread) : tf.reciprocal(deviation(spread)));
    const shift = (): Tensor => (invert ? centre : tf.neg(tf.div(centre, deviation(spread))));
    return { scale: derive('scale', scale), shift: derive('shift', shift) };
  });
}

function deviation(variance: Tensor): Tensor {
  return tf.maximum(tf.sqrt(variance), 1e-7);
}
