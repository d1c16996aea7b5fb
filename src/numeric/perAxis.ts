import { assertNumber, describe } from './check.ts';

/** A number for rows and one for columns, or one for both. */
export type PerAxis = number | readonly [rows: number, columns: number];

/** The numbers of both axes; refuses all but finite ones that are not below `low`. */
export function perAxis(argument: string, value: PerAxis, low?: number): readonly [rows: number, columns: number] {
  const pair = typeof value === 'number' ? ([value, value] as const) : value;
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`"${argument}" expected a number or [rows, columns], got ${describe(value)}`);
  }
  for (const one of pair) assertNumber(argument, one as number, low);
  return pair as unknown as readonly [number, number];
}
