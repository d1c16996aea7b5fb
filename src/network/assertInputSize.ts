import { describe } from '../numeric/check.ts';

/** Refuses what is no number of rows and of columns. */
export function assertInputSize(inputSize: readonly [rows: number, columns: number]): void {
  const isLength = (length: unknown): boolean => Number.isInteger(length) && (length as number) > 0;
  if (Array.isArray(inputSize) && inputSize.length === 2 && inputSize.every(isLength)) return;
  throw new RangeError(`"inputSize" expected [rows, columns], two positive integers, got ${describe(inputSize)}`);
}
