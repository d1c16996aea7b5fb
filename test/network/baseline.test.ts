import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { resolveBaselines } from '../../src/scoring/baselines.ts';
import type { Baseline } from '../../src/scoring/types.ts';

const shape = [2, 3, 4, 2];
const data = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i * 1.7) + (i >= 24 ? 2 : 0));
const x: NdArray = { shape, data };
const examples = [data.subarray(0, 24), data.subarray(24)];

async function resolved(baseline: Baseline, seed = 0, input: NdArray = x): Promise<NdArray> {
  const [found] = await resolveBaselines([input], { baseline, seed });
  return found as NdArray;
}

test.each<[string, Baseline, (i: number) => number]>([
  ['zero', 'zero', () => 0],
  ['a number', -0.5, () => -0.5],
  ['an example', { shape: [3, 4, 2], data: data.slice(24) }, (i) => data[24 + (i % 24)] as number],
  [
    'an example with its batch axis',
    { shape: [1, 3, 4, 2], data: data.slice(24) },
    (i) => data[24 + (i % 24)] as number,
  ],
  ['a batch', { shape, data: data.map((v) => -v) }, (i) => -(data[i] as number)],
  [
    'the mean per channel',
    'mean',
    (i) => {
      const channel = (examples[Math.floor(i / 24)] as Float32Array).filter((_, k) => k % 2 === i % 2);
      return channel.reduce((sum, v) => sum + v, 0) / 12;
    },
  ],
  ['a function of the example', (example) => tf.add(tf.mul(example, 2), 1), (i) => 2 * (data[i] as number) + 1],
])('resolveBaselines(inputs, { baseline }): %s', async (_name, baseline, formula) => {
  const found = await resolved(baseline);
  expect(found.shape).toEqual(shape);
  found.data.forEach((value, i) => expect(value).toBeCloseTo(formula(i), 5));
});

test("resolveBaselines(inputs, { baseline: 'uniform', seed }): seeded noise over the range of each example", async () => {
  const [first, again, other] = [
    await resolved('uniform', 1),
    await resolved('uniform', 1),
    await resolved('uniform', 2),
  ];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  examples.forEach((example, i) => {
    const [low, high] = [Math.min(...example), Math.max(...example)];
    const noise = first.data.subarray(24 * i, 24 * (i + 1));
    expect(noise.every((value) => value >= low && value <= high)).toBe(true);
    expect(new Set(noise).size).toBeGreaterThan(20);
  });
});

test('resolveBaselines(inputs, { baseline }): an example does not depend on its neighbours', async () => {
  const alone: NdArray = { shape: [1, 3, 4, 2], data: data.slice(0, 24) };
  for (const baseline of ['uniform', 'mean', 'blur', noisy] as const) {
    const [pair, single] = [await resolved(baseline, 5), await resolved(baseline, 5, alone)];
    expect(single.data).toEqual(pair.data.slice(0, 24));
  }
});

test("resolveBaselines(inputs, { baseline: 'blur' }): flat pictures stay, others lose contrast", async () => {
  const flat: NdArray = { shape: [1, 20, 30, 1], data: new Float32Array(600).fill(0.7) };
  const checks: NdArray = {
    shape: [1, 20, 30, 1],
    data: Float32Array.from({ length: 600 }, (_, i) => (i + Math.floor(i / 30)) % 2),
  };
  (await resolved('blur', 0, flat)).data.forEach((value) => expect(value).toBeCloseTo(0.7, 5));
  const blurred = (await resolved('blur', 0, checks)).data;
  expect(Math.max(...blurred) - Math.min(...blurred)).toBeLessThan(0.2);
});

test('resolveBaselines(inputs, { baseline }): one for each of several inputs, or one for all; tensors stay', async () => {
  const y: NdArray = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const tensor = tf.tensor1d([7, 8, 9]);
  const [a, b] = await resolveBaselines([x, y], { baseline: ['zero', tensor] });
  expect(a?.data).toEqual(new Float32Array(48));
  expect([...(b as NdArray).data]).toEqual([7, 8, 9, 7, 8, 9]);
  expect(tensor.isDisposed).toBe(false);
  tensor.dispose();
  const both = await resolveBaselines([x, y], { baseline: 0.25 });
  expect(both.map((found) => found.shape)).toEqual([shape, [2, 3]]);
  expect(both.every((found) => found.data.every((value) => value === 0.25))).toBe(true);
  const noises = await resolveBaselines([y, y], { baseline: 'uniform' });
  expect(noises[0]).not.toEqual(noises[1]);
});

test('resolveBaselines(inputs, { baseline }): a function draws from a stream of its own per example', async () => {
  const { data: values } = await resolved(noisy, 3);
  const expected = examples.flatMap((example, i) => {
    const { uniform } = random(3, 0, i);
    return [...example].map((value) => value + uniform());
  });
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
});

const baselines: readonly [string, unknown, string][] = [
  ['an unknown name', 'black', '"baseline" expected '],
  [
    'another shape',
    { shape: [2], data: new Float32Array(2) },
    '"baseline" expected shape [2, 3, 4, 2] or [3, 4, 2], got [2]',
  ],
  ['one too many', ['zero', 'zero'], '"baseline" expected one for each of 1 input(s), got 2'],
  ['NaN', Number.NaN, '"baseline" expected '],
  [
    'an array with NaN',
    { shape: [3, 4, 2], data: new Float32Array(24).fill(Number.NaN) },
    '"baseline" expected finite numbers, got NaN at [0, 0, 0]',
  ],
  ['a function of another shape', () => tf.zeros([3]), '"baseline" expected shape [1, 3, 4, 2] or [3, 4, 2], got [3]'],
];

test.each(baselines)('resolveBaselines(inputs, { baseline }): %s', async (_name, baseline, message) => {
  await expect(resolveBaselines([x], { baseline: baseline as Baseline })).rejects.toThrow(message);
});

function noisy(example: tf.Tensor, source: { uniform(): number }): tf.Tensor {
  return tf.add(example, tf.tensor(Array.from({ length: example.size }, source.uniform), example.shape));
}

test("resolveBaselines(inputs, { baseline: 'blur' }): along the planes of a volume by a twentieth of their number", async () => {
  const volume = { shape: [1, 60, 2, 2, 1], data: new Float32Array(240).fill(1, 120, 124) };
  const { data: blurred } = await resolved('blur', 0, volume);
  const along = Array.from({ length: 60 }, (_, plane) => blurred[4 * plane] as number);
  const top = along[30] as number;
  for (let k = 1; k <= 5; k++) {
    expect((along[30 + k] as number) / top).toBeCloseTo(Math.exp(-(k ** 2) / (2 * 3 ** 2)), 5);
    expect(along[30 - k]).toBeCloseTo(along[30 + k] as number, 6);
  }
});
