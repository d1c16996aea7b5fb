import { assertInteger, describe } from '../../numeric/check.ts';

type Pair = readonly [rows: number, columns: number];

/** How long a window or a step is along rows and columns, of which one number may stand for both. */
export function rowsAndColumns(argument: string, value: number | Pair): Pair {
  const pair: Pair = typeof value === 'number' ? [value, value] : value;
  if (!isPair(pair)) {
    throw new TypeError(`"${argument}" expected [rows, columns] or one number for both, got ${describe(value)}`);
  }
  pair.forEach((length) => assertInteger(argument, length, [1, Number.POSITIVE_INFINITY]));
  return pair;
}

function isPair(value: unknown): value is Pair {
  return Array.isArray(value) && value.length === 2;
}
