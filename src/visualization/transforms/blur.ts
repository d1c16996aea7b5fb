import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type SeparableMap, separable, separableGradient } from '../../backend/separable.ts';
import { gaussianTable } from '../../image/blur.ts';
import { assertWidth } from '../../numeric/check.ts';
import type { PixelTransform } from './transform.ts';

/**
 * Pictures blurred with a Gaussian, as the function `blur` does it to one picture: cut off at $4\sigma$ and reflected
 * at the edges.
 *
 * @param sigma standard deviation in pixels; 0 changes nothing.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if sigma is negative, not finite or above 2²⁰.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const soft = [...transforms.standard(), transforms.blur(1)];
 * ```
 */
export function blur(sigma: number): PixelTransform {
  assertWidth('sigma', sigma);
  return {
    name: 'blur',
    apply(pictures) {
      const [, rows, columns] = pictures.shape;
      const map: SeparableMap = { rows: blurMatrix(rows, sigma), columns: blurMatrix(columns, sigma) };
      return {
        pictures: separable(pictures, map),
        pullback: (cotangent) => separableGradient(cotangent, map),
      };
    },
  };
}

/** The matrix `[from, to]` of an axis. */
function blurMatrix(length: number, sigma: number): Tensor2D {
  const matrix = new Float32Array(length * length);
  gaussianTable(length, sigma).forEach(({ indices, weights }, to) => {
    indices.forEach((from, k) => {
      const at = from * length + to;
      matrix[at] = (matrix[at] as number) + (weights[k] as number);
    });
  });
  return tf.tensor2d(matrix, [length, length]);
}
