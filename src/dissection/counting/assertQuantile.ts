import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses all but shares between 0 and 1. */
export function assertQuantile(quantile: number): void {
  if (quantile > 0 && quantile < 1) return;
  throw new VitrineError('bad-argument', `"quantile" expected a number between 0 and 1, got ${describe(quantile)}`);
}
