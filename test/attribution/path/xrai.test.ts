import { describe, expect, test } from 'vitest';
import { xrai } from '../../../src/attribution/index.ts';
import { rankRegions } from '../../../src/attribution/path/xraiRanking.ts';
import { regionsOf } from '../../../src/attribution/path/xraiRegions.ts';
import { isEmpty } from '../../../src/image/isEmpty.ts';
import type { Attribution } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { fixtureModel } from '../../support/models.ts';

const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, (_, i) => Math.sin(i * 0.7)) };
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

/** An attribution that is given. */
const given = (values: NdArray) => async (): Promise<Attribution> => ({
  values,
  method: 'given',
  target: null,
  score: new Float32Array(2),
});
const map: NdArray = {
  shape: [2, 16, 16],
  data: Float32Array.from({ length: 512 }, (_, i) => Math.cos(i * 1.3) + 0.2),
};

test.each(['full', 'fast'] as const)(
  'xrai(model, x, { order: %j }) keeps the total, and ranks fall with the means',
  async (order) => {
    const model = await fixtureModel('vgg-tiny');
    for (const segments of [undefined, { grid: 3 }, [{ grid: 2 }, { slic: 9 }]]) {
      const { values, ranks } = await xrai(model, x, { order, base: given(map), ...(segments && { segments }) });
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
  const { values, method, score, target } = await xrai(model, x, { batchSize: 50 });
  expect([method, values.shape, score.length, target?.length]).toEqual(['xrai', [2, 16, 16], 2, 2]);
  expect(isEmpty(values)).toEqual([false, false]);
  model.dispose();
});

describe('rankRegions(saliency, regions): by hand, on six pixels', () => {
  const saliency = Float32Array.of(4, 2, 3, 0, 0, 1);

  test('full takes what adds most per pixel next', () => {
    // {0, 1, 2} has mean 3, {0, 3} mean 2, {2, 4} mean 1.5; after the first is taken, 3 and 4 add nothing; 5 is left over.
    const { values, ranks } = rankRegions(
      saliency,
      [
        [0, 3],
        [0, 1, 2],
        [2, 4],
      ],
      { order: 'full', least: 1 },
    );
    expect([...values]).toEqual([3, 3, 3, 0, 0, 1]);
    expect([...ranks]).toEqual([0, 0, 0, 2, 3, 1]);
  });

  test('regions that would add too few pixels are left out', () => {
    const { values } = rankRegions(
      saliency,
      [
        [0, 3],
        [0, 1, 2],
        [2, 4],
      ],
      { order: 'full', least: 2 },
    );
    expect([...values]).toEqual([3, 3, 3, 1 / 3, 1 / 3, 1 / 3]);
  });

  test('fast orders the regions once', () => {
    const { values } = rankRegions(
      saliency,
      [
        [1, 2, 5],
        [0, 1, 2],
      ],
      { order: 'fast', least: 1 },
    );
    expect([...values]).toEqual([3, 3, 3, 0, 0, 1]);
  });
});

test('regionsOf(labels): segments grow by a disk', () => {
  // Two halves reach five columns into each other.
  const labels = Int32Array.from({ length: 224 * 224 }, (_, i) => Number(i % 224 >= 112));
  const [left, right] = regionsOf(labels, { height: 224, width: 224, radius: 5 });
  expect(left?.length).toBe(224 * 117);
  expect(right?.length).toBe(224 * 117);
});
