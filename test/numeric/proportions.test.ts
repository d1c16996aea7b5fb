import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differenceInterval, falseDiscoveryRates, fisherTest, wilsonInterval } from '../../src/numeric/proportions.ts';

describe('wilsonInterval', () => {
  test.each([
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i', (count, total, low, high) => {
    const found = wilsonInterval({ count, total });
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test('of nothing is everything', () => {
    expect(wilsonInterval({ count: 0, total: 0 })).toEqual({ low: 0, high: 1 });
  });

  test('holds the share and mirrors', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (count, more) => {
        const total = count + more;
        const { low, high } = wilsonInterval({ count, total });
        const mirrored = wilsonInterval({ count: more, total });
        if (total > 0) expect(low <= count / total && count / total <= high).toBe(true);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});

describe('differenceInterval', () => {
  test.each([
    // Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10.
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [10, 10, 0, 10, 0.6075, 1],
  ])('of %i in %i and %i in %i', (a, m, b, n, low, high) => {
    const found = differenceInterval({ count: a, total: m }, { count: b, total: n });
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test('with nothing is everything', () => {
    expect(differenceInterval({ count: 0, total: 0 }, { count: 1, total: 2 })).toEqual({ low: -1, high: 1 });
  });
});

describe('fisherTest', () => {
  test.each([
    // fisher_exact of SciPy 1.
    [3, 4, 1, 4, 0.48571428571428565],
    [8, 10, 1, 6, 0.034965034965034975],
    [30, 100, 5, 200, 1.284742367861619e-11],
    [0, 10, 12, 15, 0.00010768609503297887],
  ])('of %i in %i and %i in %i', (a, m, b, n, expected) => {
    const found = fisherTest({ count: a, total: m }, { count: b, total: n });
    expect(found / expected).toBeCloseTo(1, 9);
  });

  test('of nothing, and of all or none, is 1', () => {
    expect(fisherTest({ count: 0, total: 0 }, { count: 3, total: 9 })).toBe(1);
    expect(fisherTest({ count: 4, total: 4 }, { count: 9, total: 9 })).toBe(1);
    expect(fisherTest({ count: 0, total: 0 }, { count: 0, total: 0 })).toBe(1);
  });

  test('of many neither overflows nor underflows to more than it is', () => {
    expect(fisherTest({ count: 50_000, total: 100_000 }, { count: 50_000, total: 100_000 })).toBeCloseTo(1, 9);
    expect(fisherTest({ count: 9e4, total: 1e5 }, { count: 1e4, total: 1e5 })).toBe(0);
  });
});

test('falseDiscoveryRates', () => {
  // false_discovery_control of SciPy 1.
  const rates = falseDiscoveryRates([0.04, 0.01, 0.03, 0.2, 0.5]);
  const expected = [0.06666666666666667, 0.05, 0.06666666666666667, 0.25, 0.5];
  rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i] as number, 12));
});
