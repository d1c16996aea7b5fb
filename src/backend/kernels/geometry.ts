import type * as tf from '@tensorflow/tfjs-core';

/** The window of a convolution or pooling on an image plane, per axis (rows, columns). */
export interface WindowGeometry {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilations: readonly [number, number];
}

/** A window along one axis. */
export interface WindowAxis {
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: 'same' | 'valid';
}

/** A window along the rows (0) or the columns (1). */
export function axisOf({ window, strides, padding, dilations }: WindowGeometry, axis: 0 | 1): WindowAxis {
  return { window: window[axis], stride: strides[axis], dilation: dilations[axis], padding };
}

/** How many positions a window spans. */
export function extentOf({ window, dilation }: WindowAxis): number {
  return (window - 1) * dilation + 1;
}

/** How many positions an axis has after the window has passed over it. */
export function outputSize(size: number, axis: WindowAxis): number {
  return Math.ceil((axis.padding === 'same' ? size : size - extentOf(axis) + 1) / axis.stride);
}

/** TensorFlow's padding of an axis: the smaller half of what 'same' needs before it, the larger after. */
export function paddingAround(size: number, axis: WindowAxis): [number, number] {
  if (axis.padding === 'valid') return [0, 0];
  const total = Math.max((outputSize(size, axis) - 1) * axis.stride + extentOf(axis) - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/**
 * The padding of a convolution as tfjs takes it. In numbers where it strides: wasm gives wrong results for 'same' with
 * stride 2 and a kernel that is not square, and zeros where the strides of rows and columns differ.
 */
export function convolutionPadding(
  [, rows, columns]: readonly number[],
  geometry: WindowGeometry,
): 'same' | 'valid' | tf.backend_util.ExplicitPadding {
  const { padding, strides } = geometry;
  if (padding === 'valid' || strides.every((stride) => stride === 1)) return padding;
  const around = (size: number | undefined, axis: 0 | 1): [number, number] =>
    paddingAround(size as number, axisOf(geometry, axis));
  return [[0, 0], around(rows, 0), around(columns, 1), [0, 0]];
}

/** The padding before an axis. */
export function paddingBefore(size: number, axis: WindowAxis): number {
  return paddingAround(size, axis)[0];
}
