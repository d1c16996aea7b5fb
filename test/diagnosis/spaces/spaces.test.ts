import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  classMoments,
  intrinsicDimension,
  layerClassMoments,
  outlierAuroc,
  outlierScores,
  separability,
} from '../../../src/diagnosis/index.ts';
import { activations } from '../../../src/network/activations.ts';
import { random } from '../../../src/numeric/random.ts';
import { inner, type Rows, solved } from '../../oracle/transfer.ts';
import { expectNear } from '../../support/near.ts';
import { pictureClassifier, randomPictures } from '../../support/pictureClassifier.ts';

function tableOf(rows: Rows) {
  return { shape: [rows.length, rows[0]?.length as number], data: Float64Array.from(rows.flat()) };
}

function drawn(count: number, width: number, seed: number): number[][] {
  const { normal } = random(seed);
  return Array.from({ length: count }, () => Array.from({ length: width }, normal));
}

function meanOf(rows: Rows): readonly number[] {
  return (rows[0] as readonly number[]).map(
    (_, k) => rows.reduce((sum, row) => sum + (row[k] as number), 0) / rows.length,
  );
}

function covarianceOf(rows: Rows): number[][] {
  const width = rows[0]?.length as number;
  return Array.from({ length: width }, (_, a) =>
    Array.from(
      { length: width },
      (_none, b) => rows.reduce((sum, row) => sum + (row[a] as number) * (row[b] as number), 0) / rows.length,
    ),
  );
}

const some = fc.record({
  count: fc.integer({ min: 3, max: 12 }),
  width: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer({ min: 0, max: 999 }),
});

describe('separability(classMoments(features, labels))', () => {
  test('the variances between and inside classes add up to the whole one', async () => {
    await fc.assert(
      fc.asyncProperty(some, async ({ count, width, seed }) => {
        const rows = drawn(count, width, seed);
        const labels = rows.map((_, i) => (i * i) % 3);
        const { between, within, ratio, features } = separability(await classMoments(tableOf(rows), labels));
        const mean = meanOf(rows);
        const whole = rows.reduce(
          (sum, row) => sum + row.reduce((all, value, k) => all + (value - (mean[k] as number)) ** 2, 0),
          0,
        );
        expect(between + within).toBeCloseTo(whole / count, 10);
        expect(ratio).toBeCloseTo(between / within, 10);
        expect(features).toHaveLength(width);
      }),
      { numRuns: 30 },
    );
  });

  test('is as counted by hand', async () => {
    const moments = await classMoments(
      tableOf([
        [1, 0],
        [3, 0],
        [0, 1],
        [0, 1],
      ]),
      [7, 7, 2, 2],
    );
    expect([...moments.classes]).toEqual([2, 7]);
    expect([...moments.counts]).toEqual([2, 2]);
    expect([...moments.means.data]).toEqual([0, 1, 2, 0]);
    expect([...moments.variances.data]).toEqual([0, 0, 1, 0]);
    const { ratio, features } = separability(moments);
    expect(ratio).toBeCloseTo((1 + 0.25) / 0.5, 12);
    expect([...features]).toEqual([2, Number.POSITIVE_INFINITY]);
  });

  test('of one class is 0, of examples at one place NaN', async () => {
    expect(separability(await classMoments(tableOf([[1], [2]]), [1, 1])).ratio).toBe(0);
    expect(separability(await classMoments(tableOf([[1], [1]]), [0, 1])).ratio).toBeNaN();
  });
});

test('layerClassMoments(model, images, labels) are the moments of means over places, in batches of any size', async () => {
  const model = pictureClassifier(3);
  const images = randomPictures(5);
  const labels = [0, 2, 0, 2, 2];
  const [layer] = model.layers.map(({ name }) => name).slice(1) as [string];
  const found = await layerClassMoments(model, images, labels, { layers: [layer], batchSize: 2 });
  const { [layer]: maps } = await activations(model, images, [layer]);
  const { shape, data } = maps as { shape: readonly number[]; data: Float32Array };
  const units = shape.at(-1) as number;
  const places = data.length / units / 5;
  const means = Array.from({ length: 5 }, (_, i) =>
    Array.from({ length: units }, (_none, unit) => {
      let sum = 0;
      for (let place = 0; place < places; place++) sum += data[(i * places + place) * units + unit] as number;
      return sum / places;
    }),
  );
  const wanted = await classMoments(tableOf(means), labels);
  expectNear(found[layer]?.means.data as Float64Array, wanted.means.data, 1e-5);
  expectNear(found[layer]?.variances.data as Float64Array, wanted.variances.data, 1e-5);
  await expect(layerClassMoments(model, images, [0, 1], { layers: [layer] })).rejects.toMatchObject({
    message: expect.stringContaining('"labels" expected 5 classes'),
  });
  model.dispose();
});

describe('intrinsicDimension(features)', () => {
  test('of a plane, and of a sheet that is rolled up, in more features', async () => {
    const { uniform } = random(2);
    const flat = Array.from({ length: 500 }, () => {
      const [u, v] = [uniform(), uniform()];
      return [u, v, u + v, u - v, 2 * u];
    });
    const plane = await intrinsicDimension(tableOf(flat));
    expect(plane.components).toBe(2);
    expect(plane.twoNearest).toBeGreaterThan(1.7);
    expect(plane.twoNearest).toBeLessThan(2.4);
    const roll = flat.map(([u, v]) => [Math.cos(6 * (u as number)), Math.sin(6 * (u as number)), 3 * (v as number)]);
    const rolled = await intrinsicDimension(tableOf(roll));
    expect(rolled.components).toBe(3);
    expect(rolled.twoNearest).toBeLessThan(2.4);
  });

  test('of independent features of the same variance is their number; participation as by the variances', async () => {
    const cross = [0, 1, 2, 3].flatMap((k) => [1, -1].map((sign) => [0, 1, 2, 3].map((j) => (j === k ? sign : 0))));
    const { components, participation } = await intrinsicDimension(tableOf(cross));
    expect([components, participation]).toEqual([4, 4]);
    const stretched = cross.map((row) => row.map((value, k) => value * (k === 0 ? 3 : 1)));
    const found = await intrinsicDimension(tableOf(stretched), { share: 0.7 });
    expect(found.components).toBe(1);
    expect(found.participation).toBeCloseTo(144 / 84, 10);
  });

  test('equal examples count once; without variance there is no dimension', async () => {
    const rows = drawn(40, 3, 5);
    const { twoNearest } = await intrinsicDimension(tableOf(rows));
    expect((await intrinsicDimension(tableOf([...rows, ...rows.slice(0, 20)]))).twoNearest).toBeCloseTo(twoNearest, 10);
    const constant = await intrinsicDimension(
      tableOf([
        [0.1, 1],
        [0.1, 1],
        [0.1, 1],
      ]),
    );
    expect(constant).toEqual({ components: 0, participation: Number.NaN, twoNearest: Number.NaN });
  });

  test('by neighbours is as by sorted distances', async () => {
    const rows = drawn(25, 3, 9);
    const logs = rows.map((row, i) => {
      const sorted = rows
        .flatMap((other, j) => (i === j ? [] : Math.sqrt(inner(less(row, other), less(row, other)))))
        .sort((a, b) => a - b);
      return Math.log((sorted[1] as number) / (sorted[0] as number));
    });
    const { twoNearest } = await intrinsicDimension(tableOf(rows));
    expect(twoNearest).toBeCloseTo(25 / logs.reduce((a, b) => a + b, 0), 10);
  });
});

describe('outlierScores(known, features)', () => {
  const known = drawn(30, 4, 1).map((row, i) => row.map((value, k) => value * (k + 1) + (i % 2 === 0 ? 3 : 0)));
  const asked = drawn(6, 4, 2).map((row) => row.map((value) => 3 * value));
  const labels = known.map((_, i) => i % 2);
  const means = [0, 1].map((one) => meanOf(known.filter((_, i) => labels[i] === one)));
  const deviations = known.map((row, i) => less(row, means[labels[i] as number] as readonly number[]));

  test('are the distances by the inverse of the covariance inside classes', async () => {
    const covariance = covarianceOf(deviations);
    const wanted = asked.map((row) =>
      Math.sqrt(
        Math.min(
          ...means.map((mean) => {
            const difference = less(row, mean);
            return inner(difference, solved(covariance, difference).solution);
          }),
        ),
      ),
    );
    const { scores, shrinkage } = await outlierScores(tableOf(known), tableOf(asked), { labels, shrinkage: 0 });
    expectNear(scores, wanted, 1e-9);
    expect(shrinkage).toBe(0);
  });

  test('shrink as Ledoit and Wolf define it, and wholly to Euclid’s distance', async () => {
    const covariance = covarianceOf(deviations);
    const m = covariance.reduce((sum, row, k) => sum + (row[k] as number), 0) / 4;
    const squares = (matrix: Rows): number => matrix.flat().reduce((sum, value) => sum + value * value, 0);
    const apart = squares(covariance.map((row, i) => row.map((value, k) => value - (i === k ? m : 0))));
    const uncertain =
      deviations.reduce(
        (sum, row) => sum + squares(row.map((a, i) => row.map((b, k) => a * b - (covariance[i]?.[k] as number)))),
        0,
      ) /
      30 ** 2;
    const { shrinkage } = await outlierScores(tableOf(known), tableOf(asked), { labels });
    expect(shrinkage).toBeCloseTo(uncertain / apart, 10);
    const { scores } = await outlierScores(tableOf(known), tableOf(asked), { labels, shrinkage: 1 });
    expectNear(
      scores,
      asked.map((row) => Math.sqrt(Math.min(...means.map((mean) => inner(less(row, mean), less(row, mean)))) / m)),
      1e-9,
    );
  });

  test('of a neighbour are the sorted distances', async () => {
    const { scores } = await outlierScores(tableOf(known), tableOf(asked), { method: 'neighbors', neighbors: 3 });
    const wanted = asked.map(
      (row) =>
        known.map((other) => Math.sqrt(inner(less(row, other), less(row, other)))).sort((a, b) => a - b)[2] as number,
    );
    expectNear(scores, wanted, 1e-9);
  });

  test('of fewer examples than features need shrinkage, which is estimated', async () => {
    const few = tableOf(drawn(5, 12, 3));
    const { scores, shrinkage } = await outlierScores(few, tableOf(drawn(2, 12, 4)));
    expect(shrinkage).toBeGreaterThan(0);
    expect(scores.every(Number.isFinite)).toBe(true);
    await expect(outlierScores(few, few, { shrinkage: 0 })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('covariance that has an inverse'),
    });
  });

  test('tell far ones from held-out ones', async () => {
    const held = tableOf(drawn(40, 4, 6));
    const far = tableOf(drawn(40, 4, 7).map((row) => row.map((value) => value + 3)));
    for (const method of ['mahalanobis', 'neighbors'] as const) {
      const reference = tableOf(drawn(60, 4, 5));
      const [inside, outside] = await Promise.all(
        [held, far].map(async (features) => (await outlierScores(reference, features, { method })).scores),
      );
      expect(outlierAuroc(inside as Float64Array, outside as Float64Array)).toBeGreaterThan(0.95);
    }
  });
});

test('outlierAuroc(inside, outside) counts pairs, ties half', () => {
  expect(outlierAuroc([1, 2], [2, 3])).toBe((1 + 0.5 + 1 + 1) / 4);
  expect(outlierAuroc([1, 2], [2, 3])).toBe(1 - outlierAuroc([2, 3], [1, 2]));
});

describe('bad input', () => {
  const features = tableOf(drawn(4, 2, 1));
  const constant = tableOf([
    [1, 2],
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  test.each([
    [
      'features that do not vary',
      () => outlierScores(constant, features),
      'bad-argument',
      '"known" expected features that vary',
    ],
    [
      'other features',
      () => outlierScores(features, tableOf(drawn(2, 3, 1))),
      'bad-shape',
      '"features" expected 2 numbers each',
    ],
    [
      'fewer than neighbours',
      () => outlierScores(features, features, { method: 'neighbors' }),
      'bad-argument',
      '"neighbors" expected at most 4',
    ],
    [
      'other labels',
      () => outlierScores(features, features, { labels: [0] }),
      'bad-shape',
      '"labels" expected 4 examples',
    ],
    ['two examples', () => intrinsicDimension(tableOf(drawn(2, 2, 1))), 'bad-shape', 'at least 3 examples'],
    ['a share above 1', () => intrinsicDimension(features, { share: 95 }), 'bad-argument', '"share"'],
    [
      'NaN',
      () => classMoments({ shape: [1, 2], data: Float32Array.of(0, Number.NaN) }, [0]),
      'not-finite',
      'NaN at [0, 1]',
    ],
    ['no scores', async () => outlierAuroc([], [1]), 'bad-argument', '"inside" expected a list with scores'],
    ['a score of NaN', async () => outlierAuroc([1], [Number.NaN]), 'not-finite', '"outside[0]"'],
    ['no moments', async () => separability({} as never), 'bad-argument', '"moments"'],
  ])('%s', async (_, call, code, message) => {
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

function less(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, k) => value - (b[k] as number));
}
