import type { NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { swapped } from '../kernels/phases.ts';

type Pair = [number, number];

/** How a window moves over an image plane: what tfjs gives to the gradient kernels of convolutions. */
export interface Sliding {
  readonly filter: readonly [rows: number, columns: number];
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Before and after the rows, before and after the columns. */
  readonly padding: readonly [Pair, Pair];
}

/** Reads tfjs's attributes of a convolution over x, [batch, rows, columns, channels], with any kind of padding. */
export function slidingOf(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: NamedAttrMap,
): Sliding {
  const { strides, dilations, pad, dimRoundingMode } = attributes as {
    strides: number | Pair;
    dilations?: number | Pair;
    pad: 'same' | 'valid' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const geometry = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  const { top, bottom, left, right } = geometry.padInfo;
  return {
    filter: [geometry.filterHeight, geometry.filterWidth],
    strides: [geometry.strideHeight, geometry.strideWidth],
    dilations: [geometry.dilationHeight, geometry.dilationWidth],
    padding: [
      [top, bottom],
      [left, right],
    ],
  };
}

/**
 * What is made of each tap: of what a weight of the window meets of x, a tensor of the output's rows and columns. They go
 * row by row of the window, one at a time.
 */
export function mapTaps(
  x: Tensor4D,
  output: readonly number[],
  { filter, strides, dilations, padding }: Sliding,
  use: (tap: Tensor) => Tensor,
): Tensor[] {
  const [batch, , , channels] = x.shape;
  const [, high, wide] = output as Tensor4D['shape'];
  const steps = ([0, 1] as const).map((axis) => {
    const before = padding[axis][0];
    const extent = ((axis ? wide : high) - 1) * strides[axis] + (filter[axis] - 1) * dilations[axis] + 1;
    const length = Math.ceil(Math.max(before + x.shape[(axis + 1) as 1 | 2], extent) / strides[axis]);
    return { length, around: [before, length * strides[axis] - before - x.shape[(axis + 1) as 1 | 2]] as Pair };
  });
  const [rows, columns] = steps as [(typeof steps)[0], (typeof steps)[0]];
  const [down, across] = strides;
  const padded = tf.pad4d(x, [[0, 0], rows.around, columns.around, [0, 0]]);
  // Every stride-th column beside each other: then a tap is a slice in whole lines. wasm's strided slices are slow.
  const pixels: Tensor4D = tf.reshape(padded, [batch * rows.length * down, columns.length, across, channels]);
  const lines = swapped(pixels, [batch, rows.length, down, across * columns.length * channels]);
  const tapAt = (row: number, column: number): Tensor => {
    const first = (column % across) * columns.length + Math.floor(column / across);
    const begin: Tensor4D['shape'] = [0, Math.floor(row / down), row % down, first * channels];
    return tf.slice4d(lines, begin, [batch, high, 1, wide * channels]);
  };
  return Array.from({ length: filter[0] * filter[1] }, (_, tap) =>
    tf.tidy(() => use(tapAt(Math.floor(tap / filter[1]) * dilations[0], (tap % filter[1]) * dilations[1]))),
  );
}
