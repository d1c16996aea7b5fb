import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../numeric/ndarray.ts';
import { assertOptions, number } from '../../numeric/options.ts';
import { totalVariation as variation } from '../../optimization/penalties.ts';
import type { PictureObjective } from './objective.ts';

/**
 * How much neighbouring pixels differ: $\sum |x_{i+1,j} - x_{ij}| + |x_{i,j+1} - x_{ij}|$ over all channels.
 *
 * A negative weight smooths; lucid's for pictures of pixels is −0.25. Fourier pictures need none.
 *
 * @returns an objective of each picture itself, of 0 to 1, before any transform.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const smooth = objectives.scaled(-0.25, objectives.totalVariation());
 * ```
 */
export function totalVariation(): PictureObjective {
  return { picture: (pictures) => variation(pictures, 1) };
}

/** What {@link l1} and {@link l2} measure from. */
export interface ColorOption {
  /** What every channel is compared with; 0.5 by default, a medium grey. */
  readonly color?: number;
}

/**
 * How far a picture is from one of a single color: $\sum |x - c|$.
 *
 * A negative weight leaves grey what is not needed; lucid's for pictures of pixels is −0.05.
 *
 * @param options `color`.
 * @returns an objective of each picture itself, of 0 to 1, before any transform.
 * @throws {VitrineError} if an option is of the wrong kind.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const sparse = objectives.scaled(-0.05, objectives.l1());
 * ```
 */
export function l1(options: ColorOption = {}): PictureObjective {
  assertOptions(options, { color: number() });
  const { color = 0.5 } = options;
  return {
    picture(pictures) {
      const difference = tf.sub(pictures, color);
      return { value: sumOf(tf.abs(difference)), gradient: tf.sign(difference) };
    },
  };
}

/**
 * The length of a picture's difference from one of a single color: $\sqrt{10^{-6} + \sum (x - c)^2}$.
 *
 * @param options `color`.
 * @returns an objective of each picture itself, of 0 to 1, before any transform.
 * @throws {VitrineError} if an option is of the wrong kind.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const plain = objectives.scaled(-0.1, objectives.l2());
 * ```
 */
export function l2(options: ColorOption = {}): PictureObjective {
  assertOptions(options, { color: number() });
  const { color = 0.5 } = options;
  return {
    picture(pictures) {
      const difference = tf.sub(pictures, color);
      const value = tf.sqrt(tf.add(sumOf(tf.square(difference)), 1e-6)) as Tensor1D;
      return { value, gradient: tf.div(difference, perPicture(value)) };
    },
  };
}

/**
 * How far a picture is from a given one: the root of the mean squared difference.
 *
 * A negative weight keeps near it, as in feature accentuation, where a photo is the start. Source: `input_diff` of lucid.
 *
 * @param picture `[h, w, c]` or `[1, h, w, c]` for all pictures, or `[n, h, w, c]`; of 0 to 1.
 * @returns an objective of each picture itself, before any transform.
 * @throws {VitrineError} if it is no picture; {@link visualize} throws if it has another size than the pictures that are made.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const grey = { shape: [16, 16, 3], data: new Float32Array(768).fill(0.5) };
 * const near = objectives.scaled(-1, objectives.distance(grey));
 * ```
 */
export function distance(picture: NdArray): PictureObjective {
  assertArray('picture', picture, [3, 4]);
  assertFiniteArray('picture', picture);
  const given = { shape: [1, ...picture.shape].slice(-4), data: Float32Array.from(picture.data) };
  return {
    picture(pictures) {
      assertFits(given.shape, pictures.shape);
      const difference = tf.sub(pictures, tf.tensor(given.data, given.shape));
      const pixels = pictures.size / pictures.shape[0];
      const value = tf.sqrt(tf.div(sumOf(tf.square(difference)), pixels)) as Tensor1D;
      return { value, gradient: tf.divNoNan(difference, perPicture(tf.mul(value, pixels))) };
    },
  };
}

function assertFits(given: readonly number[], shape: readonly number[]): void {
  if (sameShape(given, shape) || sameShape(given, [1, ...shape.slice(1)])) return;
  throw new VitrineError(
    'bad-shape',
    `"objective.picture" expected a picture of shape [${shape.slice(1).join(', ')}], got [${given.slice(1).join(', ')}]`,
  );
}

/** The sum of each picture, `[n]`. */
export function sumOf(values: Tensor): Tensor1D {
  return tf.sum(tf.reshape(values, [values.shape[0] as number, -1]), 1) as Tensor1D;
}

function perPicture(values: Tensor): Tensor {
  return tf.reshape(values, [-1, 1, 1, 1]);
}
