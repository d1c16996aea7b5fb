import { median } from 'd3-array';
import { assertArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';

/** Which pixels of images show which part, `[n, k, h, w]`; what is not zero is the part. */
export type PartMasks = NdArray<TypedArray>;

/** The area in pixels of each part on each image, `[n, k]` row by row; 0 where it is not there. */
export function partAreas(parts: PartMasks): Int32Array {
  assertArray('parts', parts, [4]);
  const [images, count, rows, columns] = parts.shape as [number, number, number, number];
  const areas = new Int32Array(images * count);
  const pixels = rows * columns;
  for (let k = 0; k < parts.data.length; k++) {
    if (Number.isNaN(parts.data[k])) throw new VitrineError('not-finite', '"parts" expected numbers, got NaN');
    if (parts.data[k] !== 0) areas[Math.floor(k / pixels)]! += 1;
  }
  return areas;
}

/**
 * A radius for {@link partInterpretability}: that of a disc which is as large as a part commonly is.
 *
 * $$ r = \sqrt{\operatorname{median}(\text{areas of the parts that are there}) / \pi} $$
 *
 * Source: our own; the paper does not say how large its round receptive fields are.
 *
 * @param parts masks `[n, k, h, w]`; what is not zero is the part.
 * @returns pixels of the masks.
 * @throws {VitrineError} if `parts` are not of rank 4, or there is no part in any of them.
 * @example
 * ```ts
 * import { medianPartRadius } from 'vitrine/metrics';
 * console.log(medianPartRadius({ shape: [1, 1, 2, 2], data: Uint8Array.of(1, 1, 0, 1) })); // 0.977
 * ```
 */
export function medianPartRadius(parts: PartMasks): number {
  const present = partAreas(parts).filter((area) => area > 0);
  if (present.length === 0)
    throw new VitrineError('bad-argument', '"parts" expected a part in at least one image, got none');
  return Math.sqrt((median(present) as number) / Math.PI);
}
