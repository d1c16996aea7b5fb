import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertOptions, integer, number } from '../../numeric/options.ts';
import type { PictureObjective } from './objective.ts';
import { type ColorOption, sumOf } from './pixels.ts';

/**
 * How far a picture is from its blur, which is held still: $\tfrac{1}{2} \sum (x - \text{blur}(x))^2$.
 *
 * With weight −k a step of gradient descent blurs: $x \leftarrow (1 - k)\, x + k\, \text{blur}(x)$. The blur is of 3 × 3 pixels,
 * its border half as heavy as its middle. Source: `blur_input_each_step` of lucid, whose weight for pixels is −1.
 *
 * @returns an objective of each picture itself, of 0 to 1, before any transform.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const blurring = objectives.scaled(-1, objectives.blurred());
 * ```
 */
export function blurred(): PictureObjective {
  return {
    picture(pictures) {
      const gradient = tf.sub(pictures, smoothing(pictures, 3).smooth(pictures));
      return { value: tf.mul(sumOf(tf.square(gradient)), 0.5), gradient };
    },
  };
}

/** Options of {@link boundary}. */
export interface BoundaryOptions extends ColorOption {
  /** Of the frame, in pixels; 20 by default. */
  readonly width?: number;
}

/**
 * What is in a picture's frame: how much it differs there from its blur and from a color.
 *
 * $$ \sum_{\text{frame}} (\text{blur}(x) - x)^2 + 0.8\, (x - c)^2 $$
 *
 * with a blur of 5 × 5 pixels. A negative weight keeps the object in the middle. Source: `penalize_boundary_complexity` of
 * lucid, which is the negative of this.
 *
 * @param options `width`, `color`.
 * @returns an objective of each picture itself, of 0 to 1, before any transform.
 * @throws {VitrineError} if an option is of the wrong kind.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const centered = objectives.scaled(-1, objectives.boundary({ width: 5 }));
 * ```
 */
export function boundary(options: BoundaryOptions = {}): PictureObjective {
  assertOptions(options, { width: integer(1), color: number() });
  const { width = 20, color = 0.5 } = options;
  return {
    picture(pictures) {
      const mask = frame(pictures.shape, width);
      const { smooth, transpose } = smoothing(pictures, 5);
      const [detail, deviation] = [tf.sub(smooth(pictures), pictures), tf.sub(pictures, color)];
      const value = tf.add(tf.square(detail), tf.mul(tf.square(deviation), 0.8));
      const ofDetail = tf.mul(detail, mask);
      const slope = tf.add(tf.sub(transpose(ofDetail), ofDetail), tf.mul(tf.mul(deviation, mask), 0.8));
      return { value: sumOf(tf.mul(value, mask)), gradient: tf.mul(slope, 2) };
    },
  };
}

/** 1 in the frame of a picture, 0 within, `[1, h, w, 1]`. */
function frame([, rows, columns]: Tensor4D['shape'], width: number): Tensor {
  const isOutside = (place: number, length: number): boolean => place < width || place >= length - width;
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    Number(isOutside(Math.floor(i / columns), rows) || isOutside(i % columns, columns)),
  );
  return tf.tensor(data, [1, rows, columns, 1]);
}

/** A blur that leaves a plain picture as it is up to its border, and its transpose. */
function smoothing(
  { shape: [, rows, columns, channels] }: Tensor4D,
  width: number,
): { readonly smooth: (pictures: Tensor) => Tensor; readonly transpose: (cotangent: Tensor) => Tensor } {
  const isBorder = (i: number): boolean => i % width === 0 || i % width === width - 1;
  const weights = Float32Array.from({ length: width * width * channels }, (_, i) => {
    const [row, column] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
    return isBorder(row) || isBorder(column) ? 0.5 : 1;
  });
  const kernel = tf.tensor4d(weights, [width, width, channels, 1]);
  const spread = (pictures: Tensor): Tensor => tf.depthwiseConv2d(pictures as Tensor4D, kernel, 1, 'same');
  const mass = spread(tf.ones([1, rows, columns, channels]));
  return {
    smooth: (pictures) => tf.div(spread(pictures), mass),
    // The kernel is symmetric.
    transpose: (cotangent) => spread(tf.div(cotangent, mass)),
  };
}
