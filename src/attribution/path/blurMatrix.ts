import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The convolution of an axis with a Gaussian, zeros beyond its ends, as a matrix `[from, to]`. */
export function blurMatrix(length: number, sigma: number): Tensor2D {
  const { values, total } = gaussian(length, sigma);
  return matrixOf(length, (distance) => (values[distance] as number) / total);
}

/** The derivative of {@link blurMatrix} by sigma; zeros at sigma 0, where the Gaussian is flat beyond any order. */
export function blurSlope(length: number, sigma: number): Tensor2D {
  if (sigma === 0) return tf.zeros([length, length]);
  const { values, total } = gaussian(length, sigma);
  const slopes = values.map((value, distance) => (value * distance ** 2) / sigma ** 3);
  const totalSlope = bothSides(slopes);
  return matrixOf(
    length,
    (distance) => ((slopes[distance] as number) * total - (values[distance] as number) * totalSlope) / total ** 2,
  );
}

/** exp(−d² / 2σ²) at distances 0, 1, 2, …, and its sum over the whole line. */
function gaussian(length: number, sigma: number): { values: Float64Array; total: number } {
  const reach = Math.max(length, Math.ceil(8 * sigma) + 1);
  const values = Float64Array.from({ length: reach }, (_, distance) =>
    sigma === 0 ? Number(distance === 0) : Math.exp(-0.5 * (distance / sigma) ** 2),
  );
  return { values, total: bothSides(values) };
}

function bothSides(values: Float64Array): number {
  return 2 * values.reduce((sum, value) => sum + value, 0) - (values[0] as number);
}

function matrixOf(length: number, at: (distance: number) => number): Tensor2D {
  const data = new Float32Array(length * length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) data[i * length + j] = at(Math.abs(i - j));
  }
  return tf.tensor2d(data, [length, length]);
}
