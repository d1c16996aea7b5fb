import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/** What was built, and whether a weight of it has no value yet. */
export interface Unset<T> {
  readonly made: T;
  readonly isUnset: (weight: Tensor) => boolean;
}

type AddWeight = (name: string, shape: number[], dtype: DataType, ...more: unknown[]) => unknown;

/**
 * Builds layers without initial weights: until they are given their values, all share the data of one number. So no
 * initialiser runs, reading a file takes no second copy of its weights, and one of a few bytes that describes a layer
 * of any size takes no memory for it.
 *
 * @param build must be synchronous, and read no weight.
 */
export function unsetWeights<T>(build: () => T): Unset<T> {
  const engine = tf.engine();
  const one = tf.scalar(0);
  const { dataId } = one;
  const apply = (shape: number[], dtype: DataType = 'float32'): Tensor => {
    engine.backend.incRef(dataId);
    return engine.makeTensorFromTensorInfo({ dataId, shape, dtype });
  };
  const prototype = layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const { addWeight } = prototype;
  prototype.addWeight = function (this: unknown, name, shape, dtype, _, ...more) {
    return addWeight.call(this, name, shape, dtype, { apply }, ...more);
  };
  try {
    return { made: build(), isUnset: (weight) => weight.dataId === dataId };
  } finally {
    prototype.addWeight = addWeight;
    one.dispose();
  }
}
