import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { separableGradient } from '../../separable.ts';
import {
  type Affine,
  type Outside,
  placed,
  type SamplingTable,
  type Size,
  samplingTable,
  transposedTable,
} from './affineTable.ts';

/** Pictures `[n, h, w, c]` read at the places of an affine map, by gathering the four pixels around each place. */
export function gathered(pictures: Tensor4D, map: Affine, size: Size, outside: Outside): Tensor4D {
  const [, rows, columns] = pictures.shape;
  const table = samplingTable(map, [rows, columns], size, outside);
  const read = combined(pictures, table, size);
  if (typeof outside !== 'number' || outside === 0) return read;
  return tf.add(read, tf.mul(tf.tensor4d(table.rest, [1, ...size, 1]), outside));
}

/**
 * The gradient of {@link gathered}: each pixel gathers from where it was read, since few backends can scatter. A pixel
 * of the border may be read all over; so the gradient is that of the picture with its surroundings, folded back.
 */
export function gatheredGradient(cotangent: Tensor4D, map: Affine, inputSize: Size, outside: Outside): Tensor4D {
  if (typeof outside === 'number') return gradientWithin(cotangent, map, inputSize);
  const [a, b, c, d, e, f] = map;
  const rows = marginsOf([a, b, c], cotangent, inputSize[0]);
  const columns = marginsOf([d, e, f], cotangent, inputSize[1]);
  const wider = [inputSize[0] + rows.before + rows.after, inputSize[1] + columns.before + columns.after] as const;
  const gradient = gradientWithin(cotangent, [a, b, c + rows.before, d, e, f + columns.before], wider);
  return separableGradient(gradient, {
    rows: unfolding(inputSize[0], rows, outside),
    columns: unfolding(inputSize[1], columns, outside),
  });
}

function gradientWithin(cotangent: Tensor4D, map: Affine, inputSize: Size): Tensor4D {
  const [, rows, columns] = cotangent.shape;
  const table = transposedTable(samplingTable(map, inputSize, [rows, columns], 0), rows * columns, sizeOf(inputSize));
  return combined(cotangent, table, inputSize);
}

/** Sums of weighted pixels. */
function combined(x: Tensor4D, { taps, indices, weights }: SamplingTable, size: Size): Tensor4D {
  const [count, rows, columns, channels] = x.shape;
  const pixels = tf.reshape(x, [count, rows * columns, channels]);
  const read = tf.gather(pixels, tf.tensor1d(indices, 'int32'), 1);
  const weighted = tf.mul(read, tf.tensor3d(weights, [1, weights.length, 1]));
  return tf.reshape(tf.sum(tf.reshape(weighted, [count, taps, sizeOf(size), channels]), 1), [count, ...size, channels]);
}

function sizeOf([height, width]: Size): number {
  return height * width;
}

/** How far an axis is read beyond its ends. */
interface Margins {
  readonly before: number;
  readonly after: number;
}

function marginsOf([down, right, start]: readonly [number, number, number], made: Tensor4D, length: number): Margins {
  const last = [down * (made.shape[1] - 1), right * (made.shape[2] - 1)] as const;
  const corners = [0, last[0], last[1], last[0] + last[1]].map((along) => start + along);
  return {
    before: Math.max(0, -Math.floor(Math.min(...corners))),
    after: Math.max(0, Math.floor(Math.max(...corners)) + 2 - length),
  };
}

/** The matrix `[axis, axis with its surroundings]`: a one where a pixel stands. */
function unfolding(length: number, { before, after }: Margins, outside: Outside): Tensor2D {
  const wider = before + length + after;
  const ones = new Float32Array(length * wider);
  for (let place = 0; place < wider; place++) ones[placed(place - before, length, outside) * wider + place] = 1;
  return tf.tensor2d(ones, [length, wider]);
}
