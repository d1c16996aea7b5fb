import * as tf from '@tensorflow/tfjs-core';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import type { WeightedPoints } from './pathGradients.ts';

/** Where the paths of one input run: in its own space, or in that of its embedding. */
export interface PathEnds {
  /** `[n, …]`. */
  readonly x: NdArray;
  /** The background, `[m, …]`. */
  readonly origins: NdArray;
  /** The standard deviation of noise on x. */
  readonly deviation: number;
}

/** How points are drawn on these paths. */
export interface PathSampling {
  readonly ends: readonly PathEnds[];
  readonly samples: number;
  readonly seed: number;
}

/** Points between a baseline and the example; each gradient counts by the way between them. */
export function drawPoints(
  { ends, samples, seed }: PathSampling,
  example: number,
  [start, end]: readonly [number, number],
): WeightedPoints[] {
  const draws = Array.from({ length: end - start }, (_, row) => {
    const source = random(seed, example, start + row);
    const chosen = source.integer(ends[0]?.origins.shape[0] as number);
    return { source, chosen, alpha: (start + row + source.uniform()) / samples };
  });
  return ends.map(({ x: { shape, data }, origins, deviation }) => {
    const size = sizeOf(shape.slice(1));
    const points = new Float32Array(draws.length * size);
    const ways = new Float32Array(draws.length * size);
    draws.forEach(({ source, chosen, alpha }, row) => {
      for (let k = 0; k < size; k++) {
        const from = origins.data[chosen * size + k] as number;
        const jitter = deviation === 0 ? 0 : deviation * source.normal();
        const way = (data[example * size + k] as number) + jitter - from;
        ways[row * size + k] = way / samples;
        points[row * size + k] = from + alpha * way;
      }
    });
    const rows = [draws.length, ...shape.slice(1)];
    return { points: tf.tensor(points, rows), weights: tf.tensor(ways, rows) };
  });
}
