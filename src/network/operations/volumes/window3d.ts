import type { WindowAxis } from '../../../backend/kernels/geometry.ts';

/** Numbers along depth, rows and columns. */
export type Triple = readonly [depth: number, rows: number, columns: number];

/** How a window lies on a volume, per axis. */
export interface Window3d {
  readonly strides: Triple;
  readonly padding: 'same' | 'valid';
  /** 1 by default. */
  readonly dilations?: Triple | undefined;
}

/** A window of some places along depth (0), rows (1) or columns (2). */
export function axisOf(
  { strides, padding, dilations = [1, 1, 1] }: Window3d,
  window: Triple,
  axis: 0 | 1 | 2,
): WindowAxis {
  return { window: window[axis], stride: strides[axis], dilation: dilations[axis], padding };
}
