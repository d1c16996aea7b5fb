import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  exactShapley,
  hsicAttribution,
  kernelShap,
  lime,
  type PartialOption,
  partitionShap,
  progressive,
  rise,
  shapleySampling,
  sobolAttribution,
} from '../../../src/attribution/index.ts';
import type { Model, Progress } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../../src/scoring/types.ts';
import { classifier, inputsOf } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';
import { examplesOf, pictureAndWords } from '../../support/severalInputs.ts';

let model: LayersModel;
let x: NdArray;
beforeAll(() => {
  model = classifier();
  x = inputsOf(model)[0] as NdArray;
});
afterAll(() => model.dispose());

type Options = ExplainOptions & PartialOption;
type Method = (model: Model, x: NdArray, options?: Options) => Promise<Attribution>;

const segments = { grid: 2 };
const growing: Readonly<Record<string, Method>> = {
  kernelShap: (m, input, options) => kernelShap(m, input, { ...options, segments: { grid: 3 }, samples: 20 }),
  shapleySampling: (m, input, options) => shapleySampling(m, input, { ...options, segments, samples: 4 }),
  partitionShap: (m, input, options) => partitionShap(m, input, { ...options, evaluations: 50 }),
  lime: (m, input, options) => lime(m, input, { ...options, segments, samples: 16 }),
  rise: (m, input, options) => rise(m, input, { ...options, samples: 12, cells: 2 }),
  sobolAttribution: (m, input, options) => sobolAttribution(m, input, { ...options, cells: 2, samples: 3 }),
  hsicAttribution: (m, input, options) => hsicAttribution(m, input, { ...options, cells: 2, samples: 10 }),
};

describe.each(Object.entries(growing))('%s', (name, method) => {
  test('reports how far it is over both examples, up to the end', async () => {
    const seen: Progress[] = [];
    await method(model, x, { batchSize: 4, onProgress: (progress) => seen.push(progress) });
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set([name]));
    expect(new Set(seen.map(({ total }) => total)).size).toBe(1);
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.length).toBeGreaterThan(3);
  });

  test('hands over results as they grow, and the finished one last', async () => {
    const whole = await method(model, x, { batchSize: 4 });
    const seen: Attribution[] = [];
    for await (const partial of progressive<PartialOption, Attribution>(method as never)(model, x, { batchSize: 4 })) {
      seen.push(partial);
    }
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toEqual(whole);
    for (const { values } of seen) {
      expect(values.shape).toEqual(whole.values.shape);
      expect(values.data.every(Number.isFinite)).toBe(true);
    }
    expect(seen[0]?.values.data).not.toEqual(whole.values.data);
  });
});

test('a partial result stays what it was as the method goes on', async () => {
  const kept: { now: Float32Array; copy: Float32Array }[] = [];
  for (const method of Object.values(growing)) {
    const onPartial = (current: () => Attribution): void => {
      const { data } = current().values;
      kept.push({ now: data, copy: data.slice() });
    };
    await method(model, x, { batchSize: 4, onPartial });
  }
  for (const { now, copy } of kept) expect(now).toEqual(copy);
});

test('segments of each example, painted', async () => {
  // The first example in two halves, the second in three parts.
  const data = Int32Array.from({ length: 84 }, (_, i) => (i < 42 ? Number(i % 7 > 3) : Math.floor((i - 42) / 14)));
  const { segmentValues, values } = await exactShapley(model, x, {
    segments: { shape: [2, 6, 7], data },
    target: 1,
    batchSize: 8,
  });
  expect(segmentValues.shape).toEqual([2, 3]);
  expect(segmentValues.data[2]).toBe(0);
  expect([...values.data]).toEqual(Array.from(data, (label, i) => segmentValues.data[(i < 42 ? 0 : 3) + label]));
});

test('a model of several inputs: the first image is divided, the others stay', async () => {
  const both = pictureAndWords();
  const inputs = examplesOf(both, 2);
  const { values, segmentValues, delta } = await exactShapley(both, inputs, { segments, target: 0, batchSize: 16 });
  expect([values.shape, segmentValues.shape]).toEqual([
    [2, 6, 7],
    [2, 4],
  ]);
  expectNear(delta as Float32Array, [0, 0], 1e-5);
  const other = await exactShapley(both, inputs, { segments, target: 0, input: 0, batchSize: 16 });
  expect(other.values.data).toEqual(values.data);
  both.dispose();
});

const labels = (shape: number[], data: readonly number[]): NdArray<Int32Array> => ({
  shape,
  data: Int32Array.from(data),
});

test.each<[string, () => Promise<unknown>, string]>([
  ['no segments', () => exactShapley(model, x, {}), '"segments" expected a division of the image'],
  [
    'too many',
    () => exactShapley(model, x, { segments: { grid: 5 } }),
    '"segments" expected at most 16, got 25, which',
  ],
  [
    'a gap',
    () => kernelShap(model, x, { segments: labels([6, 7], new Array(42).fill(1)) }),
    '"segments" expected every label from 0 to 1, none is 0',
  ],
  [
    'a label below 0',
    () => lime(model, x, { segments: labels([6, 7], new Array(42).fill(-1)) }),
    '"segments" expected labels 0, 1, 2, …, got -1',
  ],
  [
    'another size',
    () => kernelShap(model, x, { segments: labels([7, 6], new Array(42).fill(0)) }),
    '"segments" expected labels of shape [6, 7] or [2, 6, 7], got [7, 6]',
  ],
  [
    'an empty map',
    () => kernelShap(model, x, { segments: labels([0, 7], []) }),
    '"segments" expected axes of at least 1',
  ],
  ['no cells', () => shapleySampling(model, x, { segments: { grid: 0 } }), '"segments.grid" expected an integer'],
  [
    'an unknown division',
    () => kernelShap(model, x, { segments: { voronoi: 3 } as never }),
    '"segments" expected labels, {grid}',
  ],
  [
    'no samples',
    () => kernelShap(model, x, { segments, samples: 0 }),
    '"samples" expected an integer of at least 1, got 0',
  ],
  [
    'no orders',
    () => shapleySampling(model, x, { segments, samples: 0 }),
    '"samples" expected an integer of at least 1',
  ],
  [
    'one pass',
    () => partitionShap(model, x, { evaluations: 1 }),
    '"evaluations" expected an integer of at least 2, got 1',
  ],
  ['one sample', () => lime(model, x, { samples: 1 }), '"samples" expected an integer of at least 2, got 1'],
  ['a negative penalty', () => lime(model, x, { ridge: -1 }), '"ridge" expected a finite number of at least 0, got -1'],
  ['a kernel without width', () => lime(model, x, { kernelWidth: 0 }), '"kernelWidth" expected a finite number'],
  ['no masks', () => rise(model, x, { samples: 0 }), '"samples" expected an integer of at least 1, got 0'],
  ['half a mask', () => rise(model, x, { samples: 1.5 }), '"samples" expected an integer of at least 1, got 1.5'],
  [
    'masks that hide all',
    () => rise(model, x, { probability: 0 }),
    '"probability" expected a number above 0 and at most 1, got 0',
  ],
  [
    'more than certainty',
    () => rise(model, x, { probability: 1.5 }),
    '"probability" expected a number above 0 and at most 1, got 1.5',
  ],
  [
    'one design',
    () => sobolAttribution(model, x, { samples: 1 }),
    '"samples" expected an integer of at least 2, got 1',
  ],
  [
    'masks without cells',
    () => hsicAttribution(model, x, { cells: 0 }),
    '"cells" expected an integer of at least 1, got 0',
  ],
  ['an input that is not there', () => rise(model, x, { input: 1 }), '"input" expected an integer in 0..0, got 1'],
  [
    'a baseline of another shape',
    () => exactShapley(model, x, { segments, baseline: { shape: [3], data: new Float32Array(3) } }),
    '"baseline" expected shape [2, 6, 7, 2]',
  ],
])('%s: refused', async (_name, run, message) => {
  await expect(run()).rejects.toThrow(message);
});

describe('inputs without rows and columns', () => {
  let words: LayersModel;
  let inputs: NdArray[];
  beforeAll(() => {
    words = pictureAndWords();
    inputs = examplesOf(words, 2);
  });
  afterAll(() => words.dispose());

  test('groups of features, for all examples or for each', async () => {
    const options = { input: 1, target: 0, batchSize: 16 };
    const one = await exactShapley(words, inputs, { ...options, segments: labels([4], [0, 1, 1, 0]) });
    expect([one.segmentValues.shape, one.values.shape]).toEqual([
      [2, 2],
      [2, 4],
    ]);
    const each = await exactShapley(words, inputs, { ...options, segments: labels([2, 4], [0, 1, 1, 0, 0, 0, 1, 2]) });
    expect(each.segmentValues.shape).toEqual([2, 3]);
    expectNear(each.segmentValues.data.slice(0, 2), one.segmentValues.data.slice(0, 2), 1e-6);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'superpixels of words',
      () => kernelShap(words, inputs, { input: 1, segments: { slic: 3 } }),
      '"segments" expected labels of shape [4] or [2, 4] for an input that is no image',
    ],
    [
      'labels of another length',
      () => kernelShap(words, inputs, { input: 1, segments: labels([3], [0, 1, 2]) }),
      '"segments" expected labels of shape [4] or [2, 4], got [3]',
    ],
    [
      'masks over words',
      () => rise(words, inputs, { input: 1 }),
      '"input" expected an image [n, h, w, c] or a volume [n, d, h, w, c], got 1',
    ],
    [
      'a blurred word',
      () => kernelShap(words, inputs, { input: 1, baseline: 'blur' }),
      `"baseline" expected an image or a volume for 'blur'`,
    ],
  ])('%s: refused', async (_name, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});
