import type { Position } from '../../backend/kernels/cropRegions.ts';
import type { Span } from './reading.ts';

/** A rectangle of a plane; none where nothing is reached. */
export interface Rectangle {
  readonly rows: Span;
  readonly columns: Span;
}

/** Windows of one size, one in each row of a batch. */
export interface Windows {
  readonly at: readonly Position[];
  readonly size: readonly [rows: number, columns: number];
}

/**
 * Windows of the size that the largest rectangle needs, which hold all rectangles and lie within the plane: to compute
 * more than what has changed again is exact too.
 */
export function windowsAround(
  rectangles: readonly (Rectangle | undefined)[],
  [rows, columns]: readonly [number, number],
): Windows | undefined {
  const found = rectangles.filter((rectangle) => rectangle !== undefined);
  if (found.length === 0) return undefined;
  const size = [extent(found.map(({ rows: span }) => span)), extent(found.map(({ columns: span }) => span))] as const;
  const at = rectangles.map((rectangle): Position => {
    if (!rectangle) return [0, 0];
    return [Math.min(rectangle.rows[0], rows - size[0]), Math.min(rectangle.columns[0], columns - size[1])];
  });
  return { at, size };
}

function extent(spans: readonly Span[]): number {
  return spans.reduce((most, [start, end]) => Math.max(most, end - start), 0);
}
