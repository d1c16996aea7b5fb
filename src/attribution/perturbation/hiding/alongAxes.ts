import { assertInteger, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type Check, kind } from '../../../numeric/options.ts';

/** How an axis is told in messages, by the number of axes. */
const axisNames: Readonly<Record<number, string>> = { 2: '[rows, columns]', 3: '[planes, rows, columns]' };

/** How long a window or a step is along each of two or three axes, for all of which one number may stand. */
export function alongAxes(argument: string, value: number | readonly number[], axes: number): readonly number[] {
  const lengths: readonly number[] = typeof value === 'number' ? Array.from({ length: axes }, () => value) : value;
  if (!Array.isArray(lengths) || lengths.length !== axes) {
    const all = axes === 2 ? 'both' : 'all';
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected ${axisNames[axes]} or one number for ${all}, got ${describe(value)}`,
    );
  }
  lengths.forEach((length) => assertInteger(argument, length, [1, Number.POSITIVE_INFINITY]));
  return lengths;
}

/** A check of what {@link alongAxes} takes, before the axes are known. */
export const perSide: Check = kind(
  'one number or one for each axis, such as [rows, columns]',
  (value) => typeof value === 'number' || Array.isArray(value),
);

/** {@link alongAxes} of rows and columns. */
export function rowsAndColumns(
  argument: string,
  value: number | readonly [rows: number, columns: number],
): readonly [rows: number, columns: number] {
  return alongAxes(argument, value, 2) as readonly [number, number];
}
