import { axisOf, extentOf, paddingBefore, type WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { OperationRegion } from '../graph/operation.ts';

type Span = readonly [number, number];

/** What a window (convolution, pooling) reads to make a region of its output. */
export function windowRegion(
  output: OperationRegion,
  inputShape: readonly number[] | undefined,
  geometry: WindowGeometry,
): OperationRegion {
  const span = (axis: 0 | 1, [start, end]: Span): Span => {
    const along = axisOf(geometry, axis);
    const before = paddingBefore(inputShape?.[axis + 1] ?? 1, along);
    return [start * along.stride - before, (end - 1) * along.stride - before + extentOf(along)];
  };
  return { rows: span(0, output.rows), columns: span(1, output.columns) };
}

/** What a transposed convolution with an output of that shape reads: every input whose window covers a position of the region. */
export function transposedWindowRegion(
  output: OperationRegion,
  outputShape: readonly number[],
  geometry: WindowGeometry,
): OperationRegion {
  const span = (axis: 0 | 1, [start, end]: Span): Span => {
    const along = axisOf(geometry, axis);
    const before = paddingBefore(outputShape[axis + 1] as number, along);
    return [
      Math.ceil((start + before - extentOf(along) + 1) / along.stride),
      Math.floor((end - 1 + before) / along.stride) + 1,
    ];
  };
  return { rows: span(0, output.rows), columns: span(1, output.columns) };
}

/** A region moved by whole pixels. */
export function shiftRegion({ rows, columns }: OperationRegion, byRows: number, byColumns: number): OperationRegion {
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
  output: OperationRegion,
  { from, to }: { from: readonly [number, number]; to: readonly [number, number] },
  resampling: Resampling,
): OperationRegion {
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
