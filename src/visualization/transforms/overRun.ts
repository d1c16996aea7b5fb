import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Check } from '../../numeric/options.ts';
import { number } from '../../numeric/options.ts';

/** A number that stays, or one that goes evenly from its value at the first step to that at the last. */
export type OverRun = number | readonly [from: number, to: number];

/** What it is at some progress of the run, 0 to 1. */
export function valueAt(value: OverRun, progress: number): number {
  if (typeof value === 'number') return value;
  const [from, to] = value;
  return from + (to - from) * progress;
}

/** A check of such an option: every number of at least `low`, and at most `high` where that is given. */
export function overRun(low: number, high?: number): Check {
  const one = number(low, high);
  return (argument, value) => {
    if (!Array.isArray(value)) return one(argument, value);
    if (value.length !== 2)
      throw new VitrineError('bad-argument', `"${argument}" expected a number or [from, to], got ${describe(value)}`);
    for (const end of value) one(argument, end);
  };
}
