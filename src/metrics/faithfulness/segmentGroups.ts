import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import type { Plane } from './cells.ts';

/** The segment of each position per example, numbered 0 … s − 1 whatever the labels are. */
export function segmentGroups(
  segments: NdArray<TypedArray>,
  { count, plane: [rows, columns] }: { readonly count: number; readonly plane: Plane },
): readonly Int32Array[] {
  assertArray('segments', segments, [2, 3]);
  assertFiniteArray('segments', segments);
  const shape = segments.shape.length === 2 ? [1, ...segments.shape] : segments.shape;
  const [maps, height, width] = shape as readonly [number, number, number];
  if ((maps !== 1 && maps !== count) || height !== rows || width !== columns) {
    throw new RangeError(
      `"segments" expected labels [${rows}, ${columns}] or [${count}, ${rows}, ${columns}], got [${segments.shape.join(', ')}]`,
    );
  }
  const size = rows * columns;
  const groups = Array.from({ length: maps }, (_, i) => numbered(segments.data.subarray(i * size, (i + 1) * size)));
  return Array.from({ length: count }, (_, i) => groups[i % maps] as Int32Array);
}

function numbered(labels: TypedArray): Int32Array {
  const known = new Map([...new Set<number>(labels)].sort((a, b) => a - b).map((label, i) => [label, i]));
  return Int32Array.from(labels, (label) => known.get(label) as number);
}
