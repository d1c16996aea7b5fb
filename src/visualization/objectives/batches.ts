import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layerAddress } from '../../network/runChecks.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, number } from '../../numeric/options.ts';
import type { LayersTarget } from '../../scoring/types.ts';
import { assertObjective } from './assertObjective.ts';
import type { Objective, ObjectiveSum } from './objective.ts';

/**
 * From one objective to another over the pictures that are made together: $(1 - t)\, F_1 + t\, F_2$ with
 * $t = n / (B - 1)$ for picture n of B.
 *
 * With {@link alignment} the pictures show what lies between two units. Source: `channel_interpolate` of lucid.
 *
 * @param first what picture 0 is to be great in.
 * @param second what the last picture is to be great in.
 * @returns an objective that depends on a picture's place among those that are made together (`count`).
 * @throws {VitrineError} by {@link visualize} as the two objectives do.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const between = objectives.interpolation(objectives.channel('conv3', 1), objectives.channel('conv3', 2));
 * const objective = objectives.sum(between, objectives.alignment('conv2')); // visualize(…, { count: 5 })
 * ```
 */
export function interpolation(first: Objective, second: Objective): ObjectiveSum {
  assertObjective('first', first);
  assertObjective('second', second);
  return {
    sum: [
      [(place) => 1 - place, first],
      [(place) => place, second],
    ],
  };
}

/**
 * How alike pictures are that are made together; a negative weight makes them different.
 *
 * $$ \sum_{j \ne i} \frac{\langle G_i, G_j \rangle}{\lVert G_i \rVert \lVert G_j \rVert}, \qquad G_i = \sum_p a_p a_p^\top $$
 *
 * for picture i, with the activations $a_p$ of all its positions: B − 1 of B identical pictures, 0 where no two have a unit
 * in common. The mean over pictures is lucid's `diversity`, whose usual weight is −100.
 *
 * Source: Olah, Mordvintsev and Schubert 2017, "Feature visualization".
 *
 * @param layer the address of a layer.
 * @returns an objective that compares the pictures that are made together (`count`), of which it needs two.
 * @throws {VitrineError} if `layer` is no text; {@link visualize} throws if there is no such layer or only one picture.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const different = objectives.scaled(-100, objectives.diversity('conv2'));
 * const objective = objectives.sum(objectives.channel('conv3', 5), different); // visualize(…, { count: 4 })
 * ```
 */
export function diversity(layer: string): LayersTarget {
  layerAddress('layer', layer);
  return {
    layers: [layer],
    score([values]) {
      const styles = normalizedGrams(compared(values, 'diversity'));
      const alike = tf.sum(tf.matMul(styles, styles, false, true), 1);
      return tf.sub(alike, tf.sum(tf.square(styles), 1)) as Tensor1D;
    },
  };
}

/** The Gram matrix of each picture as a row of length 1. */
function normalizedGrams(values: Tensor): Tensor2D {
  const [rows, units] = [values.shape[0] as number, values.shape.at(-1) as number];
  const flat = tf.reshape(values, [rows, -1, units]) as Tensor3D;
  const grams = tf.reshape(tf.matMul(flat, flat, true), [rows, -1]) as Tensor2D;
  return tf.div(grams, tf.sqrt(tf.add(tf.sum(tf.square(grams), 1, true), 1e-10)));
}

/** How {@link alignment} compares. */
export interface AlignmentOptions {
  /** By how much less each further neighbour counts; 2 by default. */
  readonly decay?: number;
}

/**
 * How alike each picture is to its next four neighbours among those that are made together, place by place:
 *
 * $$ -\sum_{d=1}^{4} \sum_i \frac{1}{|A|} \lVert A_i - A_{i+d} \rVert^2 / \text{decay}^d $$
 *
 * of which each of the two pictures of a pair gets half. Source: `alignment` of lucid.
 *
 * @param layer the address of a layer.
 * @param options `decay`.
 * @returns an objective that compares the pictures that are made together (`count`), of which it needs two; 0 at best.
 * @throws {VitrineError} if an argument is of the wrong kind; {@link visualize} throws if there is no such layer or only one picture.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const objective = objectives.sum(objectives.channel('conv3', 5), objectives.alignment('conv2'));
 * ```
 */
export function alignment(layer: string, options: AlignmentOptions = {}): LayersTarget {
  layerAddress('layer', layer);
  assertOptions(options, { decay: number(Number.MIN_VALUE) });
  const { decay = 2 } = options;
  return {
    layers: [layer],
    score([values]) {
      const rows = values.shape[0] as number;
      const flat = tf.reshape(compared(values, 'alignment'), [rows, -1]) as Tensor2D;
      const distances = [1, 2, 3, 4].filter((d) => d < rows).map((d) => ofPairs(flat, d, 0.5 / decay ** d));
      return tf.neg(tf.addN(distances)) as Tensor1D;
    },
  };
}

/** The distance of each row to those so many rows before and behind it, times a weight. */
function ofPairs(rows: Tensor2D, apart: number, weight: number): Tensor1D {
  const others = rows.shape[0] - apart;
  const [before, behind] = [tf.slice(rows, [0, 0], [others, -1]), tf.slice(rows, [apart, 0], [others, -1])];
  const distances = tf.mul(tf.mean(tf.squaredDifference(before, behind), 1), weight) as Tensor1D;
  return tf.add(tf.pad(distances, [[0, apart]]), tf.pad(distances, [[apart, 0]]));
}

function compared(values: Tensor, objective: string): Tensor {
  if ((values.shape[0] as number) > 1) return values;
  throw new VitrineError(
    'bad-argument',
    `"count" expected at least 2 pictures that are made together, which "${objective}" compares, got 1`,
  );
}
