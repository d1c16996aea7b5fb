import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from '../../../backend/kernels/matrixProduct.ts';
import type { PictureShape } from '../parameterization.ts';
import { spectrumShape } from './frequencies.ts';

/**
 * The real pictures `[n, h, w, c]` of half spectra, as a complex-to-real inverse transform has them. With the sums and the
 * differences $E_u = F_u + F_{-u}$ and $O_u = F_u - F_{-u}$ of real and imaginary parts
 *
 * $$ x_{hw} = \frac{1}{HW} \sum_{k} c_k \Big[ \sum_{u \ge 0} \cos\tfrac{2πuh}{H} (E^R_{uk} \cos\tfrac{2πkw}{W} -
 * E^I_{uk} \sin\tfrac{2πkw}{W}) - \sum_{u > 0} \sin\tfrac{2πuh}{H} (O^R_{uk} \sin\tfrac{2πkw}{W} + O^I_{uk}
 * \cos\tfrac{2πkw}{W}) \Big], $$
 *
 * two products of matrices in plain real numbers, with half the multiplications of complex ones.
 */
export function synthesized(spectrum: Tensor, tables: readonly Tensor[], shape: PictureShape): Tensor4D {
  const [rows, even, odd] = tables as [Tensor, Tensor, Tensor];
  const [plus, minus] = split(tf.reshape(spectrum, [shape.size[0], -1]));
  const wide = [-1, even.shape[0] as number];
  const sums = tf.reshape(tf.add(plus, amongPlus(minus, plus)), wide);
  const evenLines = tf.reshape(matrixProduct(sums, even), [plus.shape[0] as number, -1]);
  if (!minus) return ofLines(matrixProduct(rows, evenLines), shape);
  const differences = tf.reshape(tf.sub(mirrored(plus, minus), minus), wide);
  const oddLines = tf.reshape(matrixProduct(differences, odd), [minus.shape[0] as number, -1]);
  return ofLines(matrixProduct(rows, tf.concat([evenLines, oddLines], 0)), shape);
}

/** The gradient of {@link synthesized} with respect to the spectrum. */
export function synthesisGradient(cotangent: Tensor4D, tables: readonly Tensor[], shape: PictureShape): Tensor {
  const [rows, even, odd] = tables as [Tensor, Tensor, Tensor];
  const [ofEven, ofOdd] = split(matrixProduct(rows, linesOf(cotangent, shape), { transposeA: true }));
  const spread = (lines: Tensor, table: Tensor): Tensor =>
    tf.reshape(matrixProduct(tf.reshape(lines, [-1, shape.size[1]]), table, { transposeB: true }), [
      lines.shape[0] as number,
      -1,
    ]);
  const sums = spread(ofEven, even);
  if (!ofOdd) return tf.reshape(sums, spectrumShape(shape));
  const differences = spread(ofOdd, odd);
  const plus = tf.add(sums, amongPlus(differences, sums));
  const minus = tf.sub(mirrored(sums, differences), differences);
  return tf.reshape(tf.concat([plus, minus], 0), spectrumShape(shape));
}

/** Rows of all pictures and channels, `[h, n · c · w]`, as pictures: by steps that wasm transposes fast. */
function ofLines(lines: Tensor, { count, size, channels }: PictureShape): Tensor4D {
  const [height, width] = size;
  const apart = tf.transpose(tf.reshape(lines, [height, count, channels * width]) as Tensor3D, [1, 0, 2]);
  const last = tf.transpose(tf.reshape(apart, [count * height, channels, width]) as Tensor3D, [0, 2, 1]);
  return tf.reshape(last, [count, height, width, channels]);
}

/** The way back. */
function linesOf(pictures: Tensor4D, { count, size, channels }: PictureShape): Tensor {
  const [height, width] = size;
  const first = tf.transpose(tf.reshape(pictures, [count * height, width, channels]) as Tensor3D, [0, 2, 1]);
  const apart = tf.transpose(tf.reshape(first, [count, height, channels * width]) as Tensor3D, [1, 0, 2]);
  return tf.reshape(apart, [height, -1]);
}

/** The rows of frequencies from 0 on, and of those below; none of these where there is but one row or two. */
function split(spectrum: Tensor): readonly [plus: Tensor, minus: Tensor | undefined] {
  const [height, width] = spectrum.shape as [number, number];
  const up = Math.floor(height / 2) + 1;
  const plus = tf.slice(spectrum, [0, 0], [up, width]);
  return [plus, up < height ? tf.slice(spectrum, [up, 0], [height - up, width]) : undefined];
}

/** Rows of −1, −2, … below a row of zeros for 0, and with one for h / 2 where there is that. */
function amongPlus(minus: Tensor | undefined, { shape }: Tensor): Tensor {
  const [up, width] = shape as [number, number];
  if (!minus) return tf.zeros([up, width]);
  const zeros = tf.zeros([1, width]);
  const hasMiddle = up - 1 > (minus.shape[0] as number);
  return tf.concat([zeros, minus, ...(hasMiddle ? [zeros] : [])], 0);
}

/** The rows of 1, 2, … that have one of −1, −2, … */
function mirrored(plus: Tensor, { shape }: Tensor): Tensor {
  return tf.slice(plus, [1, 0], shape as [number, number]);
}
