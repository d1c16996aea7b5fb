import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

/** The first and last row and column of the input that an output position depends on; `null` if on none. */
export interface Dependency {
  readonly position: readonly [row: number, column: number];
  readonly rows: readonly [number, number] | null;
  readonly columns: readonly [number, number] | null;
}

/** Positive weights: no two influences of a pixel cancel. */
export function positive(model: LayersModel, seed = 0): LayersModel {
  model.weights.forEach((weight, i) => {
    const source = random(seed, i);
    const shape = weight.shape as number[];
    const values = tf.tensor(
      Float32Array.from({ length: sizeOf(shape) }, () => 0.5 + source.uniform()),
      shape,
    );
    weight.write(values);
    values.dispose();
  });
  return model;
}

/**
 * What each position of an output `[n, h, w, 1]` depends on, found by changing every pixel of the input
 * `[rows, columns, 1]` in turn; no influence may be negative.
 */
export async function dependencies(
  run: (images: NdArray) => Promise<NdArray>,
  [rows, columns]: readonly [number, number],
): Promise<Dependency[]> {
  const count = rows * columns;
  const data = new Float32Array((count + 1) * count).fill(1);
  // So large that it is the maximum of every window that it reaches.
  for (let pixel = 0; pixel < count; pixel++) data[(pixel + 1) * count + pixel] = 1e5;
  const { shape, data: values } = await run({ shape: [count + 1, rows, columns, 1], data });
  const [, height, width] = shape as [number, number, number, number];
  const positions = Array.from({ length: height * width }, (_, at) => at);
  return positions.map((at) => {
    const valueIn = (image: number): number => values[image * height * width + at] as number;
    const isReached = (pixel: number): boolean => Math.abs(valueIn(pixel + 1) - valueIn(0)) > 1e-3;
    const reached = Array.from({ length: count }, (_, pixel) => pixel).filter(isReached);
    return {
      position: [Math.floor(at / width), at % width],
      rows: extremes(reached.map((pixel) => Math.floor(pixel / columns))),
      columns: extremes(reached.map((pixel) => pixel % columns)),
    };
  });
}

function extremes(values: readonly number[]): [number, number] | null {
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
}
