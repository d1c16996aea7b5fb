import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rowsOf } from '../../src/network/walk/inputs.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

/**
 * The gradient of the cross-entropy of each example by the weights of a model with a softmax, by tfjs's tape: one row for
 * each example, of all trainable weights one after the other.
 *
 * @param counts which weights are wanted, all by default.
 */
export async function tapeGradients(
  model: LayersModel,
  x: NdArray,
  labels: ArrayLike<number>,
  counts: (name: string) => boolean = () => true,
): Promise<Float64Array[]> {
  const weights = model.trainableWeights.filter(({ name }) => counts(name));
  const variables = weights.map((weight) => weight.read() as tf.Variable);
  const rows: Float64Array[] = [];
  for (let i = 0; i < (x.shape[0] as number); i++) {
    const { value, grads } = tf.variableGrads(() => {
      const p = model.apply(rowsOf(x, i, i + 1), { training: false }) as tf.Tensor2D;
      return tf.neg(tf.log(tf.sum(tf.slice2d(p, [0, labels[i] as number], [1, 1])))) as tf.Scalar;
    }, variables);
    const read = await Promise.all(variables.map(async ({ name }) => (grads[name] as tf.Tensor).data()));
    rows.push(Float64Array.from(read.flatMap((data) => [...data])));
    tf.dispose([value, grads]);
  }
  return rows;
}

/** The products of all of some rows with all of others, `[a, b]`. */
export function productsOf(a: readonly Float64Array[], b: readonly Float64Array[]): NdArray {
  const dot = (one: Float64Array, other: Float64Array): number =>
    one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
  return {
    shape: [a.length, b.length],
    data: Float32Array.from(a.flatMap((row) => b.map((column) => dot(row, column)))),
  };
}
