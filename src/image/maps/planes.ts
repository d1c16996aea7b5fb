import { assertArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import type { PictureSize, VolumeSize } from '../types.ts';

/** An array read as `count` images or volumes of places with `channels` numbers each. */
export interface Places {
  readonly count: number;
  /** Rows and columns; of volumes planes, rows and columns. */
  readonly lengths: readonly number[];
  readonly channels: number;
}

/**
 * Reads the axes of a map with so many axes of places, which has an axis of examples and one of channels or not, such as
 * `[h, w]`, `[n, h, w]` or `[n, h, w, c]`.
 */
export function placesOf(argument: string, map: NdArray<TypedArray>, axes: number): Places {
  assertArray(argument, map, [axes, axes + 1, axes + 2]);
  const [count, ...rest] = map.shape.length === axes ? [1, ...map.shape] : map.shape;
  return { count: count as number, lengths: rest.slice(0, axes), channels: rest[axes] ?? 1 };
}

/** The same axes with other lengths of those of places. */
export function shapeWith(shape: readonly number[], lengths: readonly number[]): readonly number[] {
  const first = shape.length === lengths.length ? 0 : 1;
  return [...shape.slice(0, first), ...lengths, ...shape.slice(first + lengths.length)];
}

/** The lengths of the axes of places from a size: rows and columns, or planes, rows and columns. */
export function lengthsOf(argument: string, size: PictureSize | VolumeSize): readonly number[] {
  if (!Array.isArray(size) || size.length !== 3) return heightAndWidth(argument, size as PictureSize);
  if (size.every((side) => Number.isInteger(side) && side >= 1)) return size as unknown as VolumeSize;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected [depth, height, width] of at least 1, got ${describe(size)}`,
  );
}

/** Height and width from a size. */
export function heightAndWidth(argument: string, size: PictureSize): readonly [number, number] {
  const sides: readonly number[] = typeof size === 'number' ? [size, size] : size;
  if (!Array.isArray(sides) || sides.length !== 2 || !sides.every((side) => Number.isInteger(side) && side >= 1)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected an integer of at least 1 or [height, width] of such, got ${describe(size)}`,
    );
  }
  return sides as unknown as readonly [number, number];
}
