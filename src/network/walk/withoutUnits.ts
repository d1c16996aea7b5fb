import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The output of a layer for one example, `[1, …, units]`, once for each set of units, which are zero there.
 *
 * @param frames how many frames the axis after the first has that have units of their own, numbered frame by frame.
 */
export function withoutUnits(activations: Tensor, sets: readonly (readonly number[])[], frames = 1): Tensor {
  const units = activations.shape.at(-1) as number;
  const kept = new Float32Array(sets.length * frames * units).fill(1);
  sets.forEach((set, row) => {
    for (const unit of set) kept[row * frames * units + unit] = 0;
  });
  const everywhere = activations.shape.slice(1, -1).map((_, axis) => (axis === 0 ? frames : 1));
  return tf.mul(activations, tf.tensor(kept, [sets.length, ...everywhere, units]));
}
