import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { functions } from '../../functions/functions.ts';
import { axesOf } from '../../functions/openShapes.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import { layerNormalization } from '../../operations/layerNormalization.ts';
import type { OwnLayer } from '../ownLayer.ts';
import { alongAxes, lengthOf, readOperand } from './weightAxes.ts';

/** x / √(Σ x²) along axes. */
export const unitNormalization: OwnLayer<{ readonly axis: readonly number[] }> = {
  name: 'UnitNormalization',
  options: { axis: [-1] },
  apply: ({ axis }) => functions.l2Normalize({ axes: axis, epsilon: 1e-12 }),
};

/** x / √(mean x² + ε) along axes, times a learnt scale. */
export const rmsNormalization: OwnLayer<{ readonly axis: readonly number[]; readonly epsilon: number }> = {
  name: 'RMSNormalization',
  options: { axis: [-1], epsilon: 1e-6 },
  weights: ({ axis }, [input = []]) => [
    { name: 'scale', shape: axis.map((given) => lengthOf(input, given)), start: 'ones' },
  ],
  apply: ({ axis, epsilon }): TensorFunction => ({
    applied: { name: 'rmsNormalization' },
    apply: ([x, scale]) => {
      const { shape, rank } = x as Tensor;
      const axes = [...axesOf(axis, rank)];
      const squares = tf.mean(tf.square(x as Tensor), axes, true);
      const standard = tf.mul(x as Tensor, tf.rsqrt(tf.add(squares, epsilon)));
      return [tf.mul(standard, alongAxes(scale as Tensor, shape, axes))];
    },
    shapes: ([shape = []]) => [shape],
    lower: ({ source, operands: [, scale] }) => [
      layerNormalization(source, { axes: axis, epsilon, aboutZero: true }, () => ({ gamma: readOperand(scale) })),
    ],
  }),
};

/** A learnt factor for each channel. */
export const layerScale: OwnLayer<{ readonly projectionDim: number }> = {
  name: 'LayerScale',
  options: { projectionDim: 1 },
  weights: ({ projectionDim }) => [{ name: 'gamma', shape: [projectionDim], start: 'ones' }],
  apply: () => functions.multiply(),
};
