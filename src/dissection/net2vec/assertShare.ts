import { assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses shares that leave nothing on either side. */
export function assertShare(argument: string, share: number): void {
  assertNumber(argument, share, Number.MIN_VALUE);
  if (share >= 1) throw new VitrineError('bad-argument', `"${argument}" expected a share below 1, got ${share}`);
}
