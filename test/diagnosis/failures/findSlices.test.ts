import { describe, expect, test } from 'vitest';
import {
  type ClassifiedExamples,
  type ErrorRate,
  type FindSlicesOptions,
  findSlices,
} from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';

interface Planted extends ClassifiedExamples {
  readonly slice: readonly number[];
}

/** Two classes, and two far groups of 40 in which 60 % are taken for the other class. */
function planted(seed: number, width = 6): Planted {
  const { normal, uniform, integer } = random(seed, 47);
  const slice = Array.from({ length: 400 }, (_, i) => (i < 40 ? 1 : i < 80 ? 2 : 0));
  const labels = slice.map(() => integer(2));
  const embeddings = slice.map((group, i) =>
    Array.from({ length: width }, (_, k) => normal() + (k === 0 ? 3 * (labels[i] as number) : group === k ? 6 : 0)),
  );
  const ones = labels.map((label, i) => {
    const isWrong = (slice[i] as number) > 0 && uniform() < 0.6;
    return (label === 1) === isWrong ? 0.1 : 0.9;
  });
  return {
    slice,
    labels,
    embeddings: { shape: [400, width], data: Float32Array.from(embeddings.flat()) },
    probabilities: { shape: [400, 2], data: Float32Array.from(ones.flatMap((one) => [1 - one, one])) },
  };
}

const quick: FindSlicesOptions = { count: 4, components: 12, iterations: 40 };

function examplesOf({ slice: _, ...examples }: Planted): ClassifiedExamples {
  return examples;
}

/** The greatest share of a group among the first ten members of any slice. */
async function precision(world: Planted, options: FindSlicesOptions): Promise<readonly number[]> {
  const { slices } = await findSlices(examplesOf(world), options);
  return [1, 2].map((group) =>
    Math.max(
      ...slices.map(({ members }) => members.subarray(0, 10).filter((i) => world.slice[i] === group).length / 10),
    ),
  );
}

describe('findSlices', () => {
  test.each([0, 1, 2])('finds planted slices, seed %i', async (seed) => {
    for (const found of await precision(planted(seed), quick)) expect(found).toBeGreaterThanOrEqual(0.8);
  });

  test('says of each slice what can be counted from its members', async () => {
    const world = planted(0);
    const { slices, all, membership } = await findSlices(examplesOf(world), quick);
    const isWrong = (i: number): boolean =>
      Number((world.probabilities.data[2 * i + 1] as number) > 0.5) !== (world.labels as number[])[i];
    const everyone = Array.from({ length: 400 }, (_, i) => i);
    expect(all).toMatchObject({ size: 400, errorRate: everyone.filter(isWrong).length / 400 });
    expect(membership.shape).toEqual([400, slices.length]);
    slices.forEach(({ members, size, errorRate, interval, rest, difference, confusion }, k) => {
      const own = [...members];
      expect(new Set(own).size).toBe(size);
      expect(errorRate).toBeCloseTo(own.filter(isWrong).length / size, 12);
      expect(rest.size).toBe(400 - size);
      expect(rest.errorRate * rest.size + errorRate * size).toBeCloseTo(all.errorRate * 400, 9);
      expect(interval.low < errorRate && errorRate <= interval.high).toBe(true);
      expect(difference.low < errorRate - rest.errorRate && errorRate - rest.errorRate < difference.high).toBe(true);
      const wrong = confusion.filter(({ label, predicted }) => label !== predicted);
      expect(wrong.reduce((sum, { count }) => sum + count, 0)).toBe(own.filter(isWrong).length);
      const belonging = own.map((i) => membership.data[i * slices.length + k] as number);
      expect(belonging).toEqual([...belonging].sort((a, b) => b - a));
    });
    const scores = slices.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  test('held-out examples have the error rate that was planted, where members have more', async () => {
    const { slices, heldOut } = await findSlices(examplesOf(planted(0)), { ...quick, heldOut: examplesOf(planted(9)) });
    const bad = slices.filter(({ errorRate }) => errorRate > 0.4);
    const pooled = (rates: readonly ErrorRate[]): number =>
      rates.reduce((sum, { size, errorRate }) => sum + size * errorRate, 0) /
      rates.reduce((sum, { size }) => sum + size, 0);
    const unseen = bad.map((slice) => slice.heldOut as ErrorRate);
    expect(unseen.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(30);
    expect(Math.abs(pooled(unseen) - 0.6)).toBeLessThan(0.15);
    expect(pooled(bad)).toBeGreaterThan(pooled(unseen) - 0.05);
    expect(heldOut?.size).toBe(400);
  });

  test('long embeddings are reduced, with more or fewer examples than numbers, and finds the same', async () => {
    for (const width of [40, 450]) {
      const world = planted(2, width);
      for (const found of await precision(world, { ...quick, dimensions: 6 }))
        expect(found).toBeGreaterThanOrEqual(0.8);
    }
  });

  test('does not depend on the unit of the embeddings', async () => {
    const { embeddings, ...world } = examplesOf(planted(1));
    const scaled = { shape: embeddings.shape, data: Float64Array.from(embeddings.data, (value) => 1024 * value) };
    const [first, second] = [
      await findSlices({ ...world, embeddings }, quick),
      await findSlices({ ...world, embeddings: scaled }, quick),
    ];
    expect(second.slices.map(({ members }) => [...members].sort())).toEqual(
      first.slices.map(({ members }) => [...members].sort()),
    );
  });

  test('the same seed gives the same, as plain data', async () => {
    const world = examplesOf(planted(3));
    const first = await findSlices(world, quick);
    expect(await findSlices(world, quick)).toEqual(first);
    expect(structuredClone(first)).toEqual(first);
  });
});

describe('findSlices at its limits', () => {
  const table = (rows: number, ...data: number[]): NdArray => ({
    shape: [rows, data.length / rows],
    data: Float32Array.from(data),
  });

  test('embeddings that do not vary leave the confusion matrix', async () => {
    const probabilities = table(4, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9);
    const constant = { embeddings: table(4, 7, 7, 7, 7, 7, 7, 7, 7), labels: [0, 0, 1, 1], probabilities };
    const found = await findSlices(constant, { weight: 10 });
    expect([...(found.slices[0]?.members ?? [])]).toEqual([2]);
    expect(found.slices[0]?.errorRate).toBe(1);
  });

  test('constant columns change nothing', async () => {
    const { embeddings, ...world } = examplesOf(planted(1));
    const data = Float32Array.from({ length: 400 * 7 }, (_, at) =>
      at % 7 === 6 ? 5 : (embeddings.data[6 * Math.floor(at / 7) + (at % 7)] as number),
    );
    const { slices } = await findSlices({ ...world, embeddings }, { ...quick, iterations: 3 });
    const wider = await findSlices({ ...world, embeddings: { shape: [400, 7], data } }, { ...quick, iterations: 3 });
    expect(wider.slices[0]?.errorRate).toBeCloseTo(slices[0]?.errorRate as number, 1);
  });

  test('fewer examples than components, and one alone', async () => {
    const [embeddings, probabilities] = [table(3, 1, 2, 9), table(3, 0.9, 0.1, 0.8, 0.2, 0.7, 0.3)];
    const { slices } = await findSlices({ embeddings, labels: [0, 0, 1], probabilities }, { count: 25 });
    expect(slices.length).toBeLessThanOrEqual(3);
    expect(slices.reduce((sum, { size }) => sum + size, 0)).toBe(3);
    const one = await findSlices({ embeddings: table(1, 4), labels: [1], probabilities: table(1, 0.9, 0.1) });
    expect(one.slices).toHaveLength(1);
    expect(one.slices[0]?.rest).toEqual({ size: 0, errorRate: 0, interval: { low: 0, high: 1 } });
    expect(one.slices[0]?.difference).toEqual({ low: -1, high: 1 });
  });

  test('a network without errors has slices without errors', async () => {
    const { embeddings, labels } = planted(1);
    const data = Float32Array.from((labels as number[]).flatMap((label) => [1 - label, label]));
    const { slices, all } = await findSlices({ embeddings, labels, probabilities: { shape: [400, 2], data } }, quick);
    expect(all.errorRate).toBe(0);
    expect(slices.every(({ errorRate }) => errorRate === 0)).toBe(true);
  });

  test('stops', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === 2) controller.abort(new Error('enough'));
    };
    const call = findSlices(examplesOf(planted(0)), { ...quick, signal: controller.signal, onProgress });
    await expect(call).rejects.toThrow('enough');
  });

  const good = examplesOf(planted(0));
  const wrong: readonly (readonly [string, object, object, string])[] = [
    ['labels of other examples', { labels: [0] }, {}, '"labels" expected 400 examples, got 1'],
    [
      'a label that is no class',
      { labels: Array.from({ length: 400 }, () => 2) },
      {},
      '"labels[0]" expected an integer in 0..1, got 2',
    ],
    ['embeddings of other examples', { embeddings: table(2, 1, 2) }, {}, '"embeddings" expected 400 examples, got 2'],
    [
      'NaN',
      { embeddings: { shape: [400, 1], data: new Float32Array(400).fill(Number.NaN) } },
      {},
      '"embeddings" expected finite numbers',
    ],
    [
      'one class',
      { probabilities: { shape: [400, 1], data: new Float32Array(400).fill(1) } },
      {},
      'at least two classes',
    ],
    [
      'no examples',
      { embeddings: { shape: [0, 3], data: new Float32Array() } },
      {},
      '"embeddings" expected axes of at least 1',
    ],
    ['no component', {}, { components: 0 }, '"components" expected an integer in 1..1000, got 0'],
    ['a weight below 0', {}, { weight: -1 }, '"weight" expected a finite number of at least 0, got -1'],
    ['a misspelt option', {}, { slices: 5 }, 'got "slices"'],
    [
      'other columns held out',
      {},
      { heldOut: examplesOf(planted(1, 7)) },
      '"heldOut.embeddings" expected 6 columns, got 7',
    ],
  ];
  for (const [name, given, options, message] of wrong) {
    test(`refuses ${name}`, async () => {
      await expect(findSlices({ ...good, ...given }, options)).rejects.toThrow(message);
    });
  }
});
