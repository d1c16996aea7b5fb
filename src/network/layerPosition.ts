import { describe } from '../numeric/check.ts';
import type { Site } from './graph.ts';
import { openShapeText } from './openShapeText.ts';
import { assertIndex } from './scorer.ts';

/** Where in a layer: row and column of a plane, the index in a sequence or a list of boxes. */
export type LayerPosition = readonly [number, number] | readonly [number];

const axisNames: Readonly<Record<number, string>> = { 1: '[index]', 2: '[row, column]' };

/** Refuses what is no position in a layer. */
export function assertPosition(argument: string, position: unknown, { address, shape }: Site): void {
  const axes = shape.slice(1, -1);
  const layer = `layer "${address}" of shape ${openShapeText(shape)}`;
  if (axes.length === 0) throw new RangeError(`"${argument}" expected none for ${layer}`);
  if (!Array.isArray(position) || position.length !== axes.length) {
    const expected = axisNames[axes.length] ?? `${axes.length} indices`;
    throw new TypeError(`"${argument}" expected ${expected}, a place in ${layer}, got ${describe(position)}`);
  }
  position.forEach((index: unknown, axis) =>
    assertIndex(index, axes[axis] ?? Number.POSITIVE_INFINITY, `${argument}[${axis}]`),
  );
}

/** The number of a position, counted along rows. */
export function positionNumber(position: LayerPosition, shape: readonly number[]): number {
  return position.reduce<number>((number, index, axis) => number * (shape[axis + 1] as number) + index, 0);
}
