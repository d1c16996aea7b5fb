import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf } from '../../functions/openShapes.ts';
import type { FunctionCall, TensorFunction } from '../../functions/tensorFunction.ts';
import type { Operation } from '../../graph/operation.ts';
import { alongAxis } from '../../lower/axes.ts';
import { affine } from '../../operations/affine.ts';
import type { OperationSource } from '../../operations/base.ts';
import { layerNormalization } from '../../operations/layerNormalization.ts';
import { reshape } from '../../operations/shape.ts';
import type { OwnLayer } from '../ownLayer.ts';
import { type Affine, alongAxes, lengthOf, readOperand, scaleAndCentre, scaleAndCentreOf } from './weightAxes.ts';

type Options = Affine & { readonly groups: number; readonly axis: number };

/** Mean 0 and variance 1 of each group of channels of an example, over all positions; then a scale and shift. */
export const groupNormalization: OwnLayer<Options> = {
  name: 'GroupNormalization',
  options: { groups: 32, axis: -1, epsilon: 1e-3, center: true, scale: true },
  weights: (options, [input = []]) => scaleAndCentre(options, [lengthOf(input, options.axis)]),
  apply: inGroups,
};

function inGroups(options: Options): TensorFunction {
  const { axis, epsilon } = options;
  return {
    applied: { name: 'groupNormalization' },
    apply: ([x, ...weights]) => {
      const { shape, rank } = x as Tensor;
      const at = axisOf(axis, rank);
      const channels = shape[at] as number;
      const groups = groupsOf(options, channels);
      const apart = [...shape.slice(0, at), groups, channels / groups, ...shape.slice(at + 1)];
      const grouped = tf.reshape(x as Tensor, apart);
      const reduced = apart.map((_, i) => i).filter((i) => i !== 0 && i !== at);
      const centred = tf.sub(grouped, tf.mean(grouped, reduced, true));
      const variance = tf.mean(tf.square(centred), reduced, true);
      const standard = tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), shape);
      const { gamma, beta } = scaleAndCentreOf(options, weights);
      const scaled = gamma ? tf.mul(standard, alongAxes(gamma, shape, [at])) : standard;
      return [beta ? tf.add(scaled, alongAxes(beta, shape, [at])) : scaled];
    },
    shapes: ([shape = []]) => [shape],
    kind: 'layerNormalization',
    lower: (call) => lowered(options, call),
  };
}

/** The channels in groups, normalised over all positions and channels of a group. */
function lowered(
  options: Options,
  { source, operands: [value, ...weights] }: FunctionCall,
): readonly Operation[] | undefined {
  const { shape = [] } = value ?? {};
  const rank = shape.length;
  const axis = axisOf(options.axis, rank);
  const channels = shape[axis];
  if (typeof channels !== 'number') return undefined;
  const groups = groupsOf(options, channels);
  const { gamma, beta } = scaleAndCentreOf(options, weights);
  const positions = Array.from({ length: rank - 2 }, (_, i) => i + 1);
  return alongAxis({ axis, rank }, source, [
    reshape(source, (input) => [...input.slice(0, -1), groups, channels / groups]),
    layerNormalization(source, { axes: [...positions, rank], epsilon: options.epsilon }),
    reshape(source, (input) => [...input.slice(0, -2), channels]),
    affine(source, () => ({
      scale: gamma ? readOperand(gamma) : filled(source, channels, 1),
      shift: beta ? readOperand(beta) : filled(source, channels, 0),
    })),
  ]);
}

function filled({ address, store }: OperationSource, channels: number, value: number): Tensor {
  return store.derive(`${address}: ${value} of ${channels}`, [], () => tf.fill([channels], value));
}

/** −1 makes each channel a group. */
function groupsOf({ groups }: Options, channels: number): number {
  return groups === -1 ? channels : groups;
}
