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

/** TensorFlow's padding before an axis: the smaller half of what 'same' needs. */
export function paddingBefore(size: number, { window, stride, dilation, padding }: WindowAxis): number {
  if (padding === 'valid') return 0;
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + (window - 1) * dilation + 1 - size, 0);
  return Math.floor(total / 2);
}
