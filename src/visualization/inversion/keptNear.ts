import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Penalty, squaredDistance } from '../../optimization/penalties.ts';
import type { LayersTarget } from '../../scoring/types.ts';
import type { PictureObjective } from '../objectives/objective.ts';

/** How far the second of two pictures is from the first in a layer: ‖Φ − Φ₀‖² / ‖Φ₀‖². */
export function layerDistance(layer: string): LayersTarget {
  return { layers: [layer], score: ([values]) => distanceOfSecond(values).value };
}

/** The same in their pixels. */
export const pixelDistance: PictureObjective = { picture: distanceOfSecond };

function distanceOfSecond(both: Tensor): Penalty {
  const [original, picture] = tf.split(both, 2) as [Tensor, Tensor];
  // A view may show a dark corner alone.
  const size = tf.maximum(squaredDistance(original, tf.scalar(0), tf.scalar(1)).value, 1e-12);
  const { value, gradient } = squaredDistance(picture, original, tf.scalar(1));
  return {
    value: tf.concat([tf.zeros([1]), tf.div(value, size)]) as Tensor1D,
    gradient: tf.concat([tf.zerosLike(original), tf.div(gradient, size)]),
  };
}
