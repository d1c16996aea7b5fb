import { assertArray } from '../numeric/check.ts';
import type { NdArray, TypedArray } from '../numeric/ndarray.ts';
import type { Size } from './types.ts';

/** An array read as `count` images of `height × width` positions with `channels` numbers each. */
export interface Planes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Reads the axes of a map: `[h, w]`, `[n, h, w]` or `[n, h, w, c]`. */
export function planesOf(argument: string, map: NdArray<TypedArray>): Planes {
  assertArray(argument, map, [2, 3, 4]);
  const [count, height, width, channels = 1] = map.shape.length === 2 ? [1, ...map.shape] : map.shape;
  return { count, height, width, channels } as Planes;
}

/** The same axes with another height and width. */
export function shapeWith(shape: readonly number[], [height, width]: readonly [number, number]): readonly number[] {
  const spatial = shape.length === 2 ? 0 : 1;
  return shape.map((length, axis) => (axis === spatial ? height : axis === spatial + 1 ? width : length));
}

/** Height and width from a size. */
export function heightAndWidth(argument: string, size: Size): readonly [number, number] {
  const sides: readonly number[] = typeof size === 'number' ? [size, size] : size;
  if (!Array.isArray(sides) || sides.length !== 2 || !sides.every((side) => Number.isInteger(side) && side >= 1)) {
    const got = Array.isArray(size) ? `[${size.join(', ')}]` : String(size);
    throw new RangeError(`"${argument}" expected an integer of at least 1 or [height, width] of such, got ${got}`);
  }
  return sides as unknown as readonly [number, number];
}
