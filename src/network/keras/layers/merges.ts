import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { functions } from '../../functions/functions.ts';
import type { OwnLayer } from '../ownLayer.ts';

export const subtract: OwnLayer = {
  name: 'Subtract',
  options: {},
  apply: () => functions.subtract(),
};

/** Of InceptionResNetV2 in keras.applications: the first input and the second times a number. */
export const customScaleLayer: OwnLayer<{ scale: number }> = {
  name: 'CustomScaleLayer',
  options: { scale: 1 },
  operands: ({ scale }) => [0, 1, { shape: [], numbers: [scale] }],
  apply: () => ({
    applied: { name: 'scaledSum' },
    apply: ([x, y, scale]) => [tf.add(x as Tensor, tf.mul(y as Tensor, scale as Tensor))],
    shapes: ([shape = []]) => [shape],
    kind: 'add',
    pointwise: true,
  }),
};
