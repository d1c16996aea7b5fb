import { describe, expect, test } from 'vitest';
import { type XraiOptions, xrai } from '../../../src/attribution/index.ts';
import { segmentsAtSixScales } from '../../../src/attribution/path/xrai/segmentsAtSixScales.ts';
import { rankRegions } from '../../../src/attribution/path/xrai/xraiRanking.ts';
import { regionsOf } from '../../../src/attribution/path/xrai/xraiRegions.ts';
import { example } from '../../../src/image/maps/example.ts';
import { isEmpty } from '../../../src/image/maps/isEmpty.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import type { Attribution } from '../../../src/scoring/types.ts';
import { fixtureModel } from '../../support/models.ts';

const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, (_, i) => Math.sin(i * 0.7)) };
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

/** An attribution that is given. */
const given = (values: NdArray) => async (): Promise<Attribution> => ({
  values,
  method: 'given',
  target: null,
  score: new Float32Array(2),
  explained: { target: 'function', scale: 'logit' },
});
const map: NdArray = {
  shape: [2, 16, 16],
  data: Float32Array.from({ length: 512 }, (_, i) => Math.cos(i * 1.3) + 0.2),
};

test.each(['full', 'fast'] as const)(
  'xrai(model, x, { ranking: %j }) keeps the total, and ranks fall with the means',
  async (ranking) => {
    const model = await fixtureModel('vgg-tiny');
    for (const segments of [{ grid: 3 }, [{ grid: 2 }, { slic: 9 }]]) {
      const { values, ranks } = await xrai(model, x, { ranking, base: given(map), segments });
      expect(values.shape).toEqual([2, 16, 16]);
      for (const i of [0, 1]) {
        const part = values.data.subarray(i * 256, (i + 1) * 256);
        expect(Math.abs(sum(part) - sum(map.data.subarray(i * 256, (i + 1) * 256)))).toBeLessThan(1e-3);
        const byRank = new Map<number, number>();
        part.forEach((value, pixel) => {
          const rank = ranks.data[i * 256 + pixel] as number;
          expect(byRank.get(rank) ?? value).toBe(value);
          byRank.set(rank, value);
        });
        const means = [...byRank].sort(([a], [b]) => a - b).map(([, value]) => value);
        expect(means).toEqual([...means].sort((a, b) => b - a));
      }
    }
    model.dispose();
  },
);

test('xrai(model, x): integrated gradients from black and white, over six scales', async () => {
  const model = await fixtureModel('vgg-tiny');
  const { values, method, score, target } = await xrai(model, example(x, 1), { batchSize: 50 });
  expect([method, values.shape, score.length, target?.length]).toEqual(['xrai', [1, 16, 16], 1, 1]);
  expect(isEmpty(values)).toEqual([false]);
  model.dispose();
});

test('xrai(model, x, { segments }) of one division: each segment has its mean', async () => {
  const model = await fixtureModel('vgg-tiny');
  const labels = { shape: [16, 16], data: Int32Array.from({ length: 256 }, (_, i) => Number(i % 16 >= 8)) };
  const { values } = await xrai(model, x, { base: given(map), segments: labels });
  const left = map.data.filter((_, i) => i < 256 && i % 16 < 8);
  expect(values.data[0]).toBeCloseTo(sum(left) / 128, 6);
  expect(new Set(values.data.subarray(0, 256)).size).toBe(2);
  model.dispose();
});

test.each<[string, XraiOptions, string]>([
  [
    'a map of another size',
    { base: given({ shape: [2, 4, 4], data: new Float32Array(32) }) },
    '"base" expected a map of shape [2, 16, 16], got [2, 4, 4]',
  ],
  ['an unknown ranking', { ranking: 'slow' as 'fast' }, '"ranking" expected one of'],
  ['a negative dilation', { dilation: -1 }, '"dilation" expected a finite number of at least 0, got -1'],
  ['labels of another size', { segments: { shape: [1, 1], data: new Int32Array(1) } }, '"segments" expected labels'],
  ['an input that is not there', { input: 1 }, '"input" expected an integer in 0..0, got 1'],
])('%s is refused', async (_what, options, message) => {
  const model = await fixtureModel('vgg-tiny');
  await expect(xrai(model, x, { segments: { grid: 2 }, ...options })).rejects.toThrow(message);
  model.dispose();
});

test.each([
  ['full' as const, 150, [0.933481, 1.297081, 0.585817, 0.864096, 1.144359, 1.446705, 0.71996, 1.08977, 1.36732]],
  ['fast' as const, 148, [0.935309, 1.297081, 0.554945, 0.86267, 1.145858, 1.445976, 0.735092, 1.078487, 1.365705]],
])('six scales of regions in %s order: what the reference code gives', (ranking, count, expected) => {
  const side = Array.from({ length: 224 }, (_, i) => i);
  const saliency = side.flatMap((row) => side.map((column) => ((row * 31 + column * 17) % 97) / 97 + column / 224));
  const colors = side.flatMap((row) =>
    side.flatMap((column) =>
      [1, 2, 3].map((k) => ((row >> 5) * 40 + (column >> 4) * 23 * k + (((row * column) >> 3) % 17)) % 256),
    ),
  );
  const divisions = atOnce(segmentsAtSixScales({ shape: [1, 224, 224, 3], data: Float32Array.from(colors) }));
  const regions = divisions.flatMap((labels) => atOnce(regionsOf(labels, { height: 224, width: 224, radius: 5 })));
  expect(regions.length).toBe(645);
  const { values, ranks } = atOnce(rankRegions(Float32Array.from(saliency), regions, { ranking, least: 50 }));
  expect(new Set(ranks).size).toBe(count);
  expected.forEach((value, i) => expect(values[1000 + i * 4099]).toBeCloseTo(value, 5));
});

describe('rankRegions(saliency, regions): by hand, on six pixels', () => {
  const saliency = Float32Array.of(4, 2, 3, 0, 0, 1);

  test('full takes what adds most per pixel next', () => {
    // {0, 1, 2} has mean 3, {0, 3} mean 2, {2, 4} mean 1.5; after the first is taken, 3 and 4 add nothing; 5 is left over.
    const { values, ranks } = atOnce(
      rankRegions(
        saliency,
        [
          [0, 3],
          [0, 1, 2],
          [2, 4],
        ],
        { ranking: 'full', least: 1 },
      ),
    );
    expect([...values]).toEqual([3, 3, 3, 0, 0, 1]);
    expect([...ranks]).toEqual([0, 0, 0, 2, 3, 1]);
  });

  test('regions that would add too few pixels are left out', () => {
    const { values } = atOnce(
      rankRegions(
        saliency,
        [
          [0, 3],
          [0, 1, 2],
          [2, 4],
        ],
        { ranking: 'full', least: 2 },
      ),
    );
    expect([...values]).toEqual([3, 3, 3, 1 / 3, 1 / 3, 1 / 3]);
  });

  test('fast orders the regions once', () => {
    const { values } = atOnce(
      rankRegions(
        saliency,
        [
          [1, 2, 5],
          [0, 1, 2],
        ],
        { ranking: 'fast', least: 1 },
      ),
    );
    expect([...values]).toEqual([3, 3, 3, 0, 0, 1]);
  });
});

test('regionsOf(labels): segments grow by a disk', () => {
  // Two halves reach five columns into each other.
  const labels = Int32Array.from({ length: 224 * 224 }, (_, i) => Number(i % 224 >= 112));
  const [left, right] = atOnce(regionsOf(labels, { height: 224, width: 224, radius: 5 }));
  expect(left?.length).toBe(224 * 117);
  expect(right?.length).toBe(224 * 117);
});
