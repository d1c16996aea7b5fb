import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { chain } from '../../oracle/building.ts';

/** Red, green, blue, yellow and magenta. */
const colors = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 1],
] as const;
/** What finds each of them alone. */
const finders = [
  [1, -1, -1],
  [-1, 1, -1],
  [-1, -1, 1],
  [1, 1, -1],
  [1, -1, 1],
] as const;
const thresholds = [0, 0, 0, -1.5, -1.5];
const gains = [1, 1, 1, 2, 2];

/** How much of each color each of the eight units of `mixed` holds, `[5, 8]`: superposed, so that no unit is a color. */
export const mixing: NdArray = {
  shape: [5, 8],
  data: Float32Array.of(
    ...[1, 0, 0, 1, 0.5, 0, 0, 0],
    ...[0, 1, 0, 0, 0.5, 1, 0, 0],
    ...[0, 0, 1, 0, 0, 0.5, 1, 0],
    ...[0.5, 0, 0, 0, 0, 0, 1, 1],
    ...[0, 0.5, 0, 0.5, 0, 0, 0, 1],
  ),
};

export const side = 24;

/**
 * A network of pictures of 24 × 24 whose layer `mixed` has five colors in eight units, and whose class 0 is red more than
 * once and blue: 2 red + blue. The other colors matter to nothing.
 */
export function colorNetwork(): LayersModel {
  const model = chain(
    [side, side, 3],
    l.conv2d({ filters: 5, kernelSize: 1, activation: 'relu', name: 'colors' }),
    l.conv2d({ filters: 8, kernelSize: 1, activation: 'relu', useBias: false, name: 'mixed' }),
    l.averagePooling2d({ poolSize: 4, name: 'pooled' }),
    l.conv2d({ filters: 5, kernelSize: 1, useBias: false, name: 'unmixed' }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 2, useBias: false, activation: 'relu', name: 'head' }),
  );
  const transposed = (rows: readonly (readonly number[])[]): number[] =>
    (rows[0] as readonly number[]).flatMap((_, column) => rows.map((row) => row[column] as number));
  const scaled = finders.map((finder, i) => finder.map((value) => value * (gains[i] as number)));
  const weights: Record<string, readonly (readonly [number[], readonly number[]])[]> = {
    colors: [
      [[1, 1, 3, 5], transposed(scaled)],
      [[5], thresholds.map((value, i) => value * (gains[i] as number))],
    ],
    mixed: [[[1, 1, 5, 8], [...mixing.data]]],
    unmixed: [[[1, 1, 8, 5], unmixing()]],
    head: [
      [
        [5, 2],
        [2, 0, 0, 0, 1, 0, 0, 0, 0, 0],
      ],
    ],
  };
  for (const [name, values] of Object.entries(weights)) {
    tf.tidy(() => model.getLayer(name).setWeights(values.map(([shape, data]) => tf.tensor([...data], shape))));
  }
  return model;
}

/** The pseudo-inverse of the mixing, $M^T (M M^T)^{-1}$, `[8, 5]`, by Gauss and Jordan. */
function unmixing(): number[] {
  const at = (row: number, column: number): number => mixing.data[row * 8 + column] as number;
  const rows = [0, 1, 2, 3, 4].map((i) => [
    ...[0, 1, 2, 3, 4].map((j) => [...Array(8).keys()].reduce((sum, u) => sum + at(i, u) * at(j, u), 0)),
    ...[0, 1, 2, 3, 4].map((j) => Number(i === j)),
  ]);
  rows.forEach((row, i) => {
    const pivot = row[i] as number;
    row.forEach((value, j) => {
      row[j] = value / pivot;
    });
    rows.forEach((other, k) => {
      if (k === i) return;
      const share = other[i] as number;
      row.forEach((value, j) => {
        other[j] = (other[j] as number) - share * value;
      });
    });
  });
  return [...Array(8).keys()].flatMap((u) =>
    [0, 1, 2, 3, 4].map((j) =>
      [0, 1, 2, 3, 4].reduce((sum, i) => sum + at(i, u) * ((rows[i] as number[])[5 + j] as number), 0),
    ),
  );
}

/** Black pictures with a patch of one color in some of the nine places of a grid. */
export function colorPictures(count: number, seed = 0): NdArray {
  const data = new Float32Array(count * side * side * 3);
  for (let picture = 0; picture < count; picture++) {
    const { integer, uniform } = random(seed, picture);
    for (let place = 0; place < 9; place++) {
      const color = colors[integer(colors.length)] as readonly number[];
      const light = 0.8 + 0.2 * uniform();
      if (uniform() < 0.25) continue;
      const [top, left] = [8 * Math.floor(place / 3), 8 * (place % 3)];
      for (let pixel = 0; pixel < 64; pixel++) {
        const at = ((picture * side + top + (pixel >> 3)) * side + left + (pixel & 7)) * 3;
        color.forEach((value, channel) => {
          data[at + channel] = value * light;
        });
      }
    }
  }
  return { shape: [count, side, side, 3], data };
}
