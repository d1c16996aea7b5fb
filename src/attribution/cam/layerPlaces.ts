import type { OpenShape, Site } from '../../network/graph.ts';
import { sizeOf } from '../../numeric/shape.ts';

/** The axes of a layer that are places of one picture, volume or sequence, frames left out. */
export function placesWithin({ shape, perFrame }: Pick<Site, 'shape' | 'perFrame'>): OpenShape {
  const places = shape.slice(1, -1);
  return isFramed({ shape, perFrame }) ? places.slice(1) : places;
}

/** Whether a layer has places in each frame; what it has one vector of per frame is a sequence. */
export function isFramed({ shape, perFrame }: { shape: OpenShape; perFrame?: boolean | undefined }): boolean {
  return perFrame === true && shape.length > 3;
}

/**
 * The shape `[n, rows, columns, channels]` in which values `[n, …, channels]` of a layer are planes with formulas that sum
 * over places: planes of a volume lie below each other in one, each frame is a row of the batch.
 */
export function foldedShape(shape: readonly number[], perFrame?: boolean): readonly [number, number, number, number] {
  const framed = isFramed({ shape, perFrame });
  const batch = sizeOf(shape.slice(0, framed ? 2 : 1));
  const places = shape.slice(framed ? 2 : 1, -1);
  return [batch, sizeOf(places.slice(0, -1)), places.at(-1) ?? 1, shape.at(-1) as number];
}
