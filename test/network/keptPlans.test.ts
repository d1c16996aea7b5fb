import { expect, test } from 'vitest';
import { keptPlans, type PlannedStep } from '../../src/network/plan/plan.ts';

test('keptPlans makes a plan once for what must exist, and forgets those that were not asked for lately', () => {
  const plans = keptPlans();
  const made: string[] = [];
  const ask = (...needed: number[]): readonly PlannedStep[] =>
    plans(new Set(needed), () => {
      made.push(needed.join());
      return [];
    });

  const first = ask(1, 12);
  expect(ask(12, 1)).toBe(first);
  expect(ask(11, 2)).not.toBe(first);
  expect(ask(112)).not.toBe(first);
  expect(made).toEqual(['1,12', '11,2', '112']);

  for (let other = 200; other < 214; other++) {
    ask(other);
    expect(ask(1, 12)).toBe(first);
  }
  made.length = 0;
  ask(11, 2);
  expect(made).toEqual(['11,2']);
});
