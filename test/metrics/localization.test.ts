import { describe, expect, test } from 'vitest';
import {
  attributionLocalization,
  localizationAuc,
  type ObjectMask,
  pointingGame,
  relevanceMass,
  relevanceRank,
  topKIntersection,
} from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution } from '../../src/scoring/types.ts';

const map = (shape: readonly number[], ...values: number[]): NdArray => ({ shape, data: Float32Array.from(values) });
const mask = (shape: readonly number[], ...values: number[]): ObjectMask => ({ shape, data: Uint8Array.from(values) });
const row = (...values: number[]): NdArray => map([1, values.length], ...values);
const inside = (...values: number[]): ObjectMask => mask([1, values.length], ...values);

test('relevanceMass(map, mask): the positive share inside', () => {
  expect(relevanceMass(row(0.7, 0.2, 0.1, 0), inside(1, 0, 1, 0)).score[0]).toBeCloseTo(0.8, 6);
  expect(relevanceMass(map([2, 2], 0.6, 0.2, 0.1, 0.1), mask([2, 2], 1, 1, 0, 0)).score[0]).toBeCloseTo(0.8, 6);
  expect(relevanceMass(row(2, -5, 1, 1), inside(1, 1, 0, 0)).score[0]).toBeCloseTo(0.5, 6);
});

test('attributionLocalization(map, mask, { weighted })', () => {
  const [values, object] = [row(0.6, -0.5, 0.4, 0), inside(1, 1, 0, 0)];
  expect(attributionLocalization(values, object).score[0]).toBeCloseTo(0.6, 6);
  expect(attributionLocalization(values, object, { weighted: true }).score[0]).toBeCloseTo(1.2, 6);
});

test('relevanceRank(map, mask) and topKIntersection(map, mask, { k })', () => {
  const [values, object] = [row(0.9, 0.8, 0.7, 0.1, 0), inside(1, 0, 1, 0, 0)];
  expect(relevanceRank(values, object).score[0]).toBeCloseTo(0.5, 6);
  expect(topKIntersection(values, object, { count: 3 }).score[0]).toBeCloseTo(2 / 3, 6);
  expect(topKIntersection(values, object).score[0]).toBeCloseTo(2 / 5, 6);
  // Of equal values the first counts for more.
  expect(topKIntersection(row(1, 1, 0), inside(0, 1, 0), { count: 1 }).score[0]).toBe(0);
});

test('pointingGame(map, mask): signed maximum, within a circle', () => {
  expect(pointingGame(row(-10, 0.5, 0.1), inside(0, 1, 0), { tolerance: 0 }).score[0]).toBe(1);
  expect(pointingGame(row(10, 0.5, 0.1), inside(0, 1, 0), { tolerance: 0 }).score[0]).toBe(0);
  const corner = mask([4, 5], ...Array.from({ length: 20 }, (_, i) => Number(i === 19)));
  const peak = map([4, 5], ...Array.from({ length: 20 }, (_, i) => Number(i === 0)));
  const hit = (tolerance: number): number => pointingGame(peak, corner, { tolerance }).score[0] as number;
  // Three rows and four columns away.
  expect([hit(0), hit(4.99), hit(5)]).toEqual([0, 0, 1]);
  expect(pointingGame(peak, corner).score[0]).toBe(1);
});

test('localizationAuc(map, mask): pairs in the right order, ties half', () => {
  expect(localizationAuc(row(4, 3, 2, 1), inside(1, 1, 0, 0)).score[0]).toBe(1);
  expect(localizationAuc(row(1, 2, 3, 4), inside(1, 1, 0, 0)).score[0]).toBe(0);
  expect(localizationAuc(row(4, 1, 2, 1), inside(1, 1, 0, 0)).score[0]).toBe((1 + 1 + 0 + 0.5) / 4);
  expect(localizationAuc(row(1, 1, 1, 1), inside(1, 1, 0, 0)).score[0]).toBe(0.5);
  expect(localizationAuc(row(1, 2, 3, 4), inside(1, 1, 1, 1)).score[0]).toBeNaN();
});

const all = { attributionLocalization, localizationAuc, pointingGame, relevanceMass, relevanceRank, topKIntersection };
describe.each(Object.entries(all))('%s(map, mask)', (name, metric) => {
  const values = map([2, 2, 3], 1, 5, 2, 0, 3, -1, 4, 0, 0, 2, 1, 3);
  const objects = mask([2, 2, 3], 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);

  test('has a score per example, and higher is better', () => {
    const { score, higherIsBetter, metric: own } = metric(values, objects);
    const one = metric(map([2, 3], ...values.data.subarray(6)), mask([2, 3], ...objects.data.subarray(6)));
    expect([score.length, score[1], own, higherIsBetter]).toEqual([2, one.score[0], name, true]);
  });

  test('one mask for all examples, channels summed, an attribution for its map', () => {
    const shared = mask([2, 3], 1, 1, 0, 0, 0, 0);
    const twice = mask([2, 2, 3], ...shared.data, ...shared.data);
    const channels = map([2, 2, 3, 2], ...[...values.data].flatMap((value) => [value + 1, -1]));
    const attribution: Attribution = {
      values: channels,
      method: 'any',
      target: null,
      score: new Float32Array(2),
      explained: { target: 'function', scale: 'logit' },
    };
    expect(metric(values, shared)).toEqual(metric(values, twice));
    expect(metric(channels, shared)).toEqual(metric(values, shared));
    expect(metric(attribution, shared)).toEqual(metric(values, shared));
  });

  test('is NaN for an empty mask', () => {
    const { score } = metric(values, mask([2, 2, 3], 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    expect(score[0]).not.toBeNaN();
    expect(score[1]).toBeNaN();
  });

  test('is NaN for a map of zeros, but for the area under the curve', () => {
    const { score } = metric(map([2, 2, 3], ...new Array(12).fill(0)), objects);
    expect(Number.isNaN(score[0])).toBe(name !== 'localizationAuc');
  });

  test.each([
    ['NaN in the map', map([2, 3], 1, 2, Number.NaN, 4, 5, 6), mask([2, 3], 1, 1, 1, 0, 0, 0), 'got NaN at [0, 2]'],
    ['another mask', values, mask([3, 2], 1, 1, 1, 0, 0, 0), '"mask" expected shape [2, 3], got [3, 2]'],
    [
      'a mask for another number of examples',
      values,
      mask([1, 2, 3], 1, 1, 1, 0, 0, 0),
      '"mask" expected shape [2, 2, 3]',
    ],
    ['no mask', values, undefined as unknown as ObjectMask, '"mask" expected {shape, data}'],
    ['no map', undefined as unknown as NdArray, objects, '"map" expected {shape, data}'],
  ])('%s is refused', (_, wrong, object, message) => {
    expect(() => metric(wrong, object)).toThrow(message);
  });
});

test.each([
  [
    () => pointingGame(row(1, 2), inside(1, 0), { tolerance: -1 }),
    '"tolerance" expected a finite number of at least 0',
  ],
  [() => topKIntersection(row(1, 2), inside(1, 0), { count: 3 }), '"count" expected an integer in 1..2, got 3'],
  [() => topKIntersection(row(1, 2), inside(1, 0), { count: 0 }), '"count" expected an integer of at least 1, got 0'],
])('%s is refused: %s', (run, message) => {
  expect(run).toThrow(message);
});
