import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { type Definition, weightsOf } from './definition.ts';
import { volumes } from './volumes.ts';

type Layer = layers.Layer;

interface Normalization extends Layer {
  readonly axis: number;
  readonly epsilon: number;
}

interface Separable extends Layer {
  readonly dataFormat: string;
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: [number, number];
  readonly activation: { apply(x: Tensor): Tensor } | null;
}

/** The layers of which tfjs computes something else in some cases, by their formulas. */
export const definitions: Readonly<Record<string, Definition>> = {
  ...volumes,
  // Over another axis than the last.
  BatchNormalization: (layer, [x]) => {
    const { axis, epsilon } = layer as Normalization;
    const { rank, shape } = x as Tensor;
    if (axis === rank - 1 || axis === -1) return undefined;
    const across = shape.map((length, i) => (i === axis ? length : 1));
    const { gamma, beta, moving_mean, moving_variance } = weightsOf(layer);
    const along = (weight: Tensor | undefined): Tensor | undefined => weight && tf.reshape(weight, across);
    const deviation = tf.sqrt(tf.add(along(moving_variance) as Tensor, epsilon));
    const centred = tf.div(tf.sub(x as Tensor, along(moving_mean) as Tensor), deviation);
    return [tf.add(tf.mul(centred, along(gamma) ?? 1), along(beta) ?? 0)];
  },
  // With a bias, channels first.
  SeparableConv2D: (layer, [x]) => {
    const { dataFormat, strides, padding, dilationRate, activation } = layer as Separable;
    if (dataFormat !== 'channelsFirst') return undefined;
    const { depthwise_kernel, pointwise_kernel, bias } = weightsOf(layer);
    const last = tf.transpose(x as Tensor4D, [0, 2, 3, 1]);
    const kernels = [depthwise_kernel, pointwise_kernel] as [Tensor4D, Tensor4D];
    const made = tf.separableConv2d(last, ...kernels, strides, padding, dilationRate);
    const moved = tf.transpose(tf.add(made, bias ?? 0), [0, 3, 1, 2]);
    return [activation?.apply(moved) ?? moved];
  },
  // Frame by frame, as its layer is defined.
  TimeDistributed: (layer, [x], run) => {
    const { layer: inner } = layer as unknown as { layer: Layer };
    return [
      tf.stack(
        tf.unstack(x as Tensor, 1).map((frame) => run(inner, [frame])[0] as Tensor),
        1,
      ),
    ];
  },
};
