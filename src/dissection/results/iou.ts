import { assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** The pixels of a unit's mask and of a concept, and those they share. */
export interface RegionOverlap {
  readonly intersection: number;
  readonly area: number;
  readonly truth: number;
}

/**
 * The intersection over the union of a mask and a concept; 0 where both are empty.
 *
 * @throws {VitrineError} if one of the three is no number of at least 0.
 */
export function intersectionOverUnion(overlap: RegionOverlap): number {
  assertNumbers(overlap, ['intersection', 'area', 'truth']);
  return ratioOf(overlap);
}

/**
 * What the IoU is at most for areas of these sizes: that of the smaller one lying in the larger one.
 *
 * @throws {VitrineError} if one of both is no number of at least 0.
 */
export function iouCeiling(areas: Omit<RegionOverlap, 'intersection'>): number {
  assertNumbers(areas, ['area', 'truth']);
  const { area, truth } = areas;
  const larger = Math.max(area, truth);
  return larger === 0 ? 0 : Math.min(area, truth) / larger;
}

/**
 * The IoU that is expected of a mask and a concept that cover shares `area` and `truth` of all pixels independently.
 *
 * @throws {VitrineError} if one of both is no share in 0 … 1.
 */
export function chanceIou(areas: Omit<RegionOverlap, 'intersection'>): number {
  assertNumbers(areas, ['area', 'truth']);
  const { area, truth } = areas;
  if (area > 1 || truth > 1)
    throw new VitrineError('bad-argument', `"overlap" expected shares of at most 1, got ${area} and ${truth}`);
  return ratioOf({ intersection: area * truth, area, truth });
}

/** The same without a look at the numbers, for tables of counts. */
export function ratioOf({ intersection, area, truth }: RegionOverlap): number {
  const union = area + truth - intersection;
  return union === 0 ? 0 : intersection / union;
}

function assertNumbers(overlap: Partial<RegionOverlap>, names: readonly (keyof RegionOverlap)[]): void {
  if (typeof overlap !== 'object' || overlap === null)
    throw new VitrineError('bad-argument', `"overlap" expected {${names.join(', ')}}, got ${describe(overlap)}`);
  for (const name of names) assertNumber(`overlap.${name}`, overlap[name] as number, 0);
}
