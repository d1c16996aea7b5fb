import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/ndarray.ts';
import { assertLength } from '../../scoring/directionVector.ts';
import { assertPlace, placeNumber } from '../../scoring/targets/placeScore.ts';
import type { Direction, DirectionTarget } from '../../scoring/types.ts';

/** Directions, and how much the angle to them counts. */
interface AngledProduct extends Pick<Direction, 'layer'> {
  /** One for all pictures, or one for each. */
  readonly vectors: readonly Float32Array[];
  readonly power: number;
  readonly position: DirectionTarget['position'];
}

/** ⟨a, v⟩ · max(0.1, cos(a, v))^power of each picture, `[n]`. */
export function angledProduct(values: Tensor, { layer, vectors, power, position = 'mean' }: AngledProduct): Tensor1D {
  const { shape } = values;
  const [rows, units] = [shape[0] as number, shape.at(-1) as number];
  for (const vector of vectors) assertLength('objective.vector', vector, { address: layer, shape });
  assertPlace('objective.position', position, { address: layer, shape });
  const flat = tf.reshape(values, [rows, sizeOf(shape.slice(1, -1)), units]);
  const products = tf.sum(tf.mul(flat, rowsOf(vectors, units)), 2);
  // Of a dead position the length is 0, where the root has no slope.
  const lengths = tf.sqrt(tf.maximum(tf.sum(tf.square(flat), 2), 1e-20));
  const ofVectors = tf.tensor2d(
    vectors.map((vector) => 1 / (Math.hypot(...vector) + 1e-4)),
    [vectors.length, 1],
  );
  const cosines = tf.mul(tf.div(products, tf.add(lengths, 1e-4)), ofVectors);
  return reduced(tf.mul(products, tf.pow(tf.maximum(cosines, 0.1), power)), position, shape);
}

function rowsOf(vectors: readonly Float32Array[], units: number): Tensor {
  const data = new Float32Array(vectors.length * units);
  vectors.forEach((vector, i) => {
    data.set(vector, i * units);
  });
  return tf.tensor3d(data, [vectors.length, 1, units]);
}

/** What is made of the numbers `[n, positions]` of all positions. */
function reduced(
  values: Tensor,
  position: NonNullable<DirectionTarget['position']>,
  shape: readonly number[],
): Tensor1D {
  if (position === 'mean') return tf.mean(values, 1);
  if (position === 'sum') return tf.sum(values, 1);
  if (position === 'max') return tf.max(values, 1);
  return tf.squeeze(tf.slice(values as Tensor2D, [0, placeNumber(position, shape)], [-1, 1]), [1]);
}
