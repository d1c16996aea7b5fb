import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { PictureShape } from '../parameterization.ts';
import { columnsOf } from './frequencies.ts';

/** The tensors of a synthesis: of the axis of rows `[h, h]`, of that of columns `[2 k, w]`, for even and odd rows. */
export function synthesisTables({ size }: PictureShape): [Tensor, Tensor, Tensor] {
  const [height, width] = size;
  const up = Math.floor(height / 2) + 1;
  const columns = columnsOf(size);
  const [down, across] = [turns(height), turns(width)];
  const rows = matrix(height, height, (row, u) => (u < up ? down.cosine(row * u) : down.sine(row * (u - up + 1))));
  const share = (k: number): number => (k === 0 || 2 * k === width ? 1 : 2) / (height * width);
  const cosine = (k: number, column: number): number => share(k) * across.cosine(k * column);
  const sine = (k: number, column: number): number => share(k) * across.sine(k * column);
  const even = matrix(2 * columns, width, (i, column) =>
    i < columns ? cosine(i, column) : -sine(i - columns, column),
  );
  const odd = matrix(2 * columns, width, (i, column) =>
    i < columns ? -sine(i, column) : -cosine(i - columns, column),
  );
  return [rows, even, odd];
}

/** The cosine and the sine of a number of parts of a circle. */
function turns(parts: number) {
  const angle = (part: number): number => (2 * Math.PI * part) / parts;
  const cosines = Float64Array.from({ length: parts }, (_, part) => Math.cos(angle(part)));
  const sines = Float64Array.from({ length: parts }, (_, part) => Math.sin(angle(part)));
  return {
    cosine: (part: number): number => cosines[part % parts] as number,
    sine: (part: number): number => sines[part % parts] as number,
  };
}

function matrix(rows: number, columns: number, valueAt: (row: number, column: number) => number): Tensor {
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) data[row * columns + column] = valueAt(row, column);
  return tf.tensor2d(data, [rows, columns]);
}
