import { assertNumber } from '../../numeric/check.ts';

/** Refuses shares that leave nothing on either side. */
export function assertShare(argument: string, share: number): void {
  assertNumber(argument, share, Number.MIN_VALUE);
  if (share >= 1) throw new RangeError(`"${argument}" expected a share below 1, got ${share}`);
}
