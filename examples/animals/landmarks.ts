import type { NdArray } from 'vitrine';
import type { Animal } from './drawAnimal.ts';

/** Where the parts of animals are, `[n, parts, 2]` in pixels; NaN where one is not visible. */
export function landmarksOf(animals: readonly Animal[]): NdArray<Float64Array> {
  const data = Float64Array.from(animals.flatMap(({ landmarks }) => [...landmarks.data]));
  return { shape: [animals.length, ...(animals[0]?.landmarks.shape ?? [])], data };
}

/** Where a part of an animal is, and how large; nothing where it is not visible. */
export function placeOf(
  { landmarks, boxes }: Animal,
  part: number,
): { position: readonly [number, number]; size: readonly [number, number] } | undefined {
  const [row, column] = landmarks.data.subarray(2 * part, 2 * part + 2) as unknown as [number, number];
  if (Number.isNaN(row)) return undefined;
  const [top, left, bottom, right] = boxes.data.subarray(4 * part, 4 * part + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  return { position: [row, column], size: [bottom - top, right - left] };
}
