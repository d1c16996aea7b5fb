import { paddingBefore, type WindowGeometry } from '../backend/kernels/geometry.ts';
import type { Region } from './operation.ts';

type Span = readonly [number, number];

/** What a window (convolution, pooling) reads to make a region of its output. */
export function windowRegion(
  output: Region,
  inputShape: readonly number[] | undefined,
  { window, strides, padding, dilations }: WindowGeometry,
): Region {
  const span = (axis: 0 | 1, [start, end]: Span): Span => {
    const before = paddingBefore(inputShape?.[axis + 1] ?? 1, {
      window: window[axis],
      stride: strides[axis],
      dilation: dilations[axis],
      padding,
    });
    const first = start * strides[axis] - before;
    return [first, (end - 1) * strides[axis] - before + (window[axis] - 1) * dilations[axis] + 1];
  };
  return { rows: span(0, output.rows), columns: span(1, output.columns) };
}

/** What a transposed convolution reads: every input whose window covers a position of the region. */
export function transposedWindowRegion(
  output: Region,
  inputShape: readonly number[],
  { window, strides, padding }: WindowGeometry,
): Region {
  const span = (axis: 0 | 1, [start, end]: Span): Span => {
    const length = (inputShape[axis + 1] as number) * strides[axis];
    const before = paddingBefore(length, { window: window[axis], stride: strides[axis], dilation: 1, padding });
    return [
      Math.ceil((start + before - window[axis] + 1) / strides[axis]),
      Math.floor((end - 1 + before) / strides[axis]) + 1,
    ];
  };
  return { rows: span(0, output.rows), columns: span(1, output.columns) };
}

/** A region moved by whole pixels. */
export function shiftRegion({ rows, columns }: Region, byRows: number, byColumns: number): Region {
  return {
    rows: [rows[0] + byRows, rows[1] + byRows],
    columns: [columns[0] + byColumns, columns[1] + byColumns],
  };
}

/** How an image plane is resampled, as tfjs names it. */
export interface Resampling {
  readonly interpolation: 'nearest' | 'bilinear';
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** What a resized plane reads: for each position the nearest pixel, or the two around it. */
export function resizedRegion(
  output: Region,
  { from, to }: { from: readonly [number, number]; to: readonly [number, number] },
  resampling: Resampling,
): Region {
  const span = (axis: 0 | 1, [start, end]: Span): Span => {
    const place = (position: number): number => placeOf(position, { from: from[axis], to: to[axis] }, resampling);
    if (resampling.interpolation === 'bilinear') return [Math.floor(place(start)), Math.ceil(place(end - 1)) + 1];
    const nearest = resampling.alignCorners ? Math.round : Math.floor;
    return [nearest(place(start)), nearest(place(end - 1)) + 1];
  };
  return { rows: span(0, output.rows), columns: span(1, output.columns) };
}

/** Where a resized position lies in the plane; a quotient of whole numbers, so that whole places come out whole. */
function placeOf(
  position: number,
  { from, to }: { from: number; to: number },
  { interpolation, alignCorners, halfPixelCenters }: Resampling,
): number {
  if (alignCorners && to > 1) return (position * (from - 1)) / (to - 1);
  if (!halfPixelCenters) return (position * from) / to;
  return ((2 * position + 1) * from - (interpolation === 'bilinear' ? to : 0)) / (2 * to);
}
