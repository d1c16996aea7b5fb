import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The output of a layer for one example, `[1, …, units]`, once for each set of units, which are zero there. */
export function withoutUnits(activations: Tensor, sets: readonly (readonly number[])[]): Tensor {
  const units = activations.shape.at(-1) as number;
  const kept = new Float32Array(sets.length * units).fill(1);
  sets.forEach((set, row) => {
    for (const unit of set) kept[row * units + unit] = 0;
  });
  const everywhere = activations.shape.slice(1, -1).map(() => 1);
  return tf.mul(activations, tf.tensor(kept, [sets.length, ...everywhere, units]));
}
