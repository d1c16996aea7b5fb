import type { NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

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
  const padded = tf.pad(x, [[0, 0], ...padding, [0, 0]]);
  const [batch, , , channels] = x.shape;
  const extent = [1, 2].map((axis) => ((output[axis] as number) - 1) * (strides[axis - 1] as number) + 1);
  const [rows, columns] = filter;
  const tapAt = (tap: number): Tensor => {
    const begin = [0, Math.floor(tap / columns) * dilations[0], (tap % columns) * dilations[1], 0];
    const size = [batch, ...extent, channels];
    if (strides[0] === 1 && strides[1] === 1) return tf.slice(padded, begin, size);
    const end = begin.map((start, axis) => start + (size[axis] as number));
    return tf.stridedSlice(padded, begin, end, [1, ...strides, 1]);
  };
  return Array.from({ length: rows * columns }, (_, tap) => tf.tidy(() => use(tapAt(tap))));
}
