import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knnShapley, labelIssues } from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { shapleyValues } from '../../oracle/games.ts';

const table = (rows: readonly (readonly number[])[]): NdArray<Float64Array> => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float64Array.from(rows.flat()),
});

describe('labelIssues', () => {
  test('counts as the equations of the paper do', () => {
    // Thresholds 0.6 and 0.6; examples 2 and 5 contradict their labels, 6 is confident of nothing.
    const probabilities = table([
      [0.9, 0.1],
      [0.7, 0.3],
      [0.2, 0.8],
      [0.3, 0.7],
      [0.1, 0.9],
      [0.7, 0.3],
      [0.55, 0.45],
      [0.35, 0.65],
    ]);
    const { thresholds, issues, confident, joint, noise } = labelIssues(probabilities, [0, 0, 0, 1, 1, 1, 0, 1]);
    expect([...thresholds].map((value) => value.toFixed(4))).toEqual(['0.5875', '0.6375']);
    expect([...confident.data]).toEqual([2, 1, 1, 3]);
    expect(issues).toEqual([
      { example: 2, label: 0, suggested: 1, selfConfidence: 0.2 },
      { example: 5, label: 1, suggested: 0, selfConfidence: 0.3 },
    ]);
    // Eq. (3): rows sum up to the shares of the labels.
    const expected = [((2 / 3) * 4) / 8, ((1 / 3) * 4) / 8, ((1 / 4) * 4) / 8, ((3 / 4) * 4) / 8];
    joint.data.forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 12));
    expect(noise).toBeCloseTo((1 / 3 + 1 / 4) / 2, 12);
  });

  test('the joint distribution sums up to 1, and rows to the shares of labels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 2, max: 5 }), (seed, classes) => {
        const { uniform, integer } = random(seed);
        const rows = Array.from({ length: 30 }, () => Array.from({ length: classes }, uniform));
        const normal = rows.map((row) => row.map((value) => value / row.reduce((sum, one) => sum + one, 0)));
        const labels = rows.map(() => integer(classes));
        const { joint, noise, issues } = labelIssues(table(normal), labels);
        for (let label = 0; label < classes; label++) {
          const row = joint.data.subarray(label * classes, (label + 1) * classes).reduce((sum, one) => sum + one, 0);
          expect(row).toBeCloseTo(labels.filter((one) => one === label).length / 30, 9);
        }
        expect(noise >= 0 && noise <= 1).toBe(true);
        expect(issues.every(({ example, label }) => labels[example] === label)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('finds flipped labels where a network is right', () => {
    const { uniform, integer } = random(2);
    const truth = Array.from({ length: 300 }, () => integer(3));
    const flipped = truth.map(() => uniform() < 0.1);
    const labels = truth.map((label, i) => (flipped[i] ? (label + 1) % 3 : label));
    const probabilities = table(truth.map((label) => [0, 1, 2].map((k) => (k === label ? 0.7 : 0.15) + 0)));
    const { issues, noise } = labelIssues(probabilities, labels);
    expect(issues.map(({ example }) => example)).toEqual([...flipped.keys()].filter((i) => flipped[i]));
    expect(noise).toBeCloseTo(flipped.filter(Boolean).length / 300, 9);
  });

  test('with labels of one class, and with fewer examples than classes, has no thresholds for the others', () => {
    const one = labelIssues(
      table([
        [0.9, 0.1],
        [0.2, 0.8],
      ]),
      [0, 0],
    );
    expect(one.issues).toEqual([]);
    expect(one.thresholds[1]).toBe(Number.POSITIVE_INFINITY);
    expect([...one.joint.data]).toEqual([1, 0, 0, 0]);
    const few = labelIssues(table([[0.4, 0.3, 0.3]]), [2]);
    expect([...few.thresholds]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0.3]);
    expect(few.noise).toBe(0);
  });

  test.each([
    ['one class', table([[1], [1]]), [0, 0], '"probabilities" expected at least two classes, got 1'],
    ['logits', table([[3, 1]]), [0], 'got a sum of 4 in row 0'],
    ['NaN', table([[Number.NaN, 1]]), [0], '"probabilities" expected finite numbers, got NaN at [0, 0]'],
    ['a label that is no class', table([[0.5, 0.5]]), [2], '"labels[0]" expected an integer in 0..1, got 2'],
    ['other numbers of labels', table([[0.5, 0.5]]), [0, 1], '"labels" expected 1 examples, got 2'],
    ['no labels', table([[0.5, 0.5]]), undefined as never, '"labels" expected a list of numbers, got undefined'],
  ])('refuses %s', (_, probabilities, labels, message) => {
    expect(() => labelIssues(probabilities, labels)).toThrow(message);
  });
});

describe('knnShapley', () => {
  const drawn = (seed: number, count: number) => {
    const { normal, integer } = random(seed, 5);
    return {
      features: table(Array.from({ length: count }, () => [normal(), normal()])),
      labels: Array.from({ length: count }, () => integer(3)),
    };
  };

  /** The mean share of right labels among the nearest of a set, straight from the definition. */
  function utility(
    training: ReturnType<typeof drawn>,
    test: ReturnType<typeof drawn>,
    k: number,
    set: readonly number[],
  ): number {
    const distance = (i: number, t: number): number =>
      Math.hypot(
        ...[0, 1].map((c) => (training.features.data[2 * i + c] as number) - (test.features.data[2 * t + c] as number)),
      );
    const rights = test.labels.map((label, t) => {
      const nearest = [...set].sort((a, b) => distance(a, t) - distance(b, t)).slice(0, k);
      return nearest.filter((i) => training.labels[i] === label).length / k;
    });
    return rights.reduce((sum, one) => sum + one, 0) / rights.length;
  }

  test.each([
    [8, 1],
    [7, 2],
    [8, 3],
    [7, 7],
    [7, 20],
  ])('of %i examples and %i neighbours is what all coalitions give', async (count, neighbours) => {
    const [training, others] = [drawn(count, count), drawn(count + 100, 3)];
    const found = await knnShapley(training, others, { neighbours });
    const known = new Map<string, number>();
    const game = (members: readonly boolean[]): number => {
      const key = members.map(Number).join('');
      const set = [...members.keys()].filter((i) => members[i]);
      if (!known.has(key)) known.set(key, utility(training, others, neighbours, set));
      return known.get(key) as number;
    };
    const exact = shapleyValues(game, count);
    exact.forEach((value, i) => expect(found.values[i]).toBeCloseTo(value, 12));
    const all = Array.from({ length: count }, (_, i) => i);
    expect(found.utility).toBeCloseTo(utility(training, others, neighbours, all), 12);
  });

  test('wrong labels have the least value', async () => {
    const { normal } = random(8);
    const truth = Array.from({ length: 60 }, (_, i) => i % 2);
    const row = (label: number): number[] => [normal() + 6 * label, normal()];
    const training = { features: table(truth.map(row)), labels: truth.map((label, i) => (i < 5 ? 1 - label : label)) };
    const others = { features: table(truth.map(row)), labels: truth };
    const { values } = await knnShapley(training, others);
    const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
    expect(order.slice(0, 5).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test('one example has all of the value, and features that are constant leave the order of examples', async () => {
    const one = { features: table([[1, 1]]), labels: [2] };
    expect((await knnShapley(one, one, { neighbours: 1 })).values).toEqual(Float64Array.of(1));
    expect((await knnShapley(one, one, { neighbours: 4 })).values).toEqual(Float64Array.of(0.25));
    const constant = { features: table([[3], [3], [3]]), labels: [0, 1, 0] };
    const { values } = await knnShapley(constant, { features: table([[3]]), labels: [0] }, { neighbours: 1 });
    // By hand: the last of three has 1/3, and each step adds a difference over its place.
    [5 / 6, -1 / 6, 1 / 3].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 12));
  });

  test('stops, and tells how far it is', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === 2) controller.abort(new Error('enough'));
    };
    const call = knnShapley(drawn(1, 9), drawn(2, 9), { signal: controller.signal, onProgress });
    await expect(call).rejects.toThrow('enough');
  });

  const wrong: readonly (readonly [string, object, object, string])[] = [
    [
      'features of other columns',
      { features: table([[1, 2, 3]]), labels: [0] },
      {},
      '"test.features" expected 2 columns, got 3',
    ],
    ['labels of other examples', { labels: [1] }, {}, '"test.labels" expected 3 examples, got 1'],
    ['a label that is no number of a class', { labels: [0, -1, 0] }, {}, '"test.labels[1]" expected an integer'],
    ['no neighbours', {}, { neighbours: 0 }, '"neighbours" expected an integer of at least 1, got 0'],
    ['a misspelt option', {}, { neighbors: 3 }, 'some of neighbours'],
  ];
  for (const [name, given, options, message] of wrong) {
    test(`refuses ${name}`, async () => {
      await expect(knnShapley(drawn(1, 4), { ...drawn(2, 3), ...given }, options)).rejects.toThrow(message);
    });
  }
});
