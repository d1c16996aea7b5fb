import '@tensorflow/tfjs-layers';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import {
  addTensors,
  guidedReluGradient,
  quotientWhereSigned,
  rectifiedCotangent,
  reluGradient,
  scaleShift,
  stabilisedQuotient,
} from '../../src/backend/kernels/elementwise.ts';
import { backend } from '../support/backend.ts';

const sizes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000_003];
const numbers = [-7, -1.5, -0, 0, 0.25, 3, 6, 8.5];
// GPUs give no promise on what is not a number, nor on the sign of a zero; nor does tfjs's own relu on wasm.
const isExact = backend === 'cpu' || (backend === 'wasm' && inject('kernels') !== 'none');
const special = isExact ? [...numbers, Number.NaN, Infinity, -Infinity] : numbers;

const step = (x: number): number => (Number.isNaN(x) ? x : x > 0 ? 1 : 0);
const slope = (y: number, ceiling?: number): number => step(y) * (ceiling === undefined ? 1 : step(ceiling - y));

test.each(sizes)('reluGradient and guidedReluGradient of %i elements', async (size) => {
  const [g, y] = [cycled(size, 3), cycled(size, 1)];
  for (const ceiling of [undefined, 6]) {
    await expectValues(
      [g, y],
      ([a, b]) => reluGradient(a, b, ceiling),
      (i) => at(g, i) * slope(at(y, i), ceiling),
    );
    await expectValues(
      [g, y],
      ([a, b]) => guidedReluGradient(a, b, ceiling),
      (i) => Math.max(0, at(g, i)) * slope(at(y, i), ceiling),
    );
  }
});

test('reluGradient(cotangent, output): every pair of special values', async () => {
  const g = Float32Array.from(special.flatMap((value) => special.map(() => value)));
  const y = Float32Array.from(special.flatMap(() => special));
  for (const ceiling of [undefined, 6]) {
    await expectValues(
      [g, y],
      ([a, b]) => reluGradient(a, b, ceiling),
      (i) => at(g, i) * slope(at(y, i), ceiling),
    );
    await expectValues(
      [g, y],
      ([a, b]) => guidedReluGradient(a, b, ceiling),
      (i) => Math.max(0, at(g, i)) * slope(at(y, i), ceiling),
    );
  }
});

test.each(sizes)('stabilisedQuotient and quotientWhereSigned of %i elements', async (size) => {
  const finiteValues = (step: number): Float32Array => cycled(size, step).map(finite);
  const [signal, z, y] = [finiteValues(3), finiteValues(1), finiteValues(2)];
  const tensors: [Tensor, Tensor, Tensor] = [tf.tensor1d(signal), tf.tensor1d(z), tf.tensor1d(y)];
  const numbers = (i: number): [number, number, number] => [at(signal, i), at(z, i), at(y, i)];
  for (const share of [1, -2]) {
    await expectNearly(stabilisedQuotient(tensors[0], tensors[1], 0.25, share), (i) => {
      const [a, b] = numbers(i);
      return (a * share) / (b + (b >= 0 ? 0.25 : -0.25));
    });
  }
  for (const sign of [1, -1] as const) {
    const quotient = quotientWhereSigned(tensors[0], [tensors[1], tensors[2]], {
      sign,
      ofZ: 2,
      ofY: 0.5,
      epsilon: 0.2,
    });
    await expectNearly(quotient, (i) => {
      const [a, b, c] = numbers(i);
      return b * sign > 0 ? a / (2 * b + 0.5 * c + sign * 0.2) : 0;
    });
  }
  tf.dispose(tensors);
});

test('stabilisedQuotient(signal, z, ε): a zero of either sign counts as positive; one z for all examples', async () => {
  const [zeros, ones] = [tf.tensor1d([0, -0, Number.NaN]), tf.ones([3])];
  const quotient = stabilisedQuotient(ones, zeros, 0.5);
  expect(Array.from(await quotient.data()).slice(0, 2)).toEqual([2, 2]);
  const [batch, z] = [tf.ones([2, 2]), tf.tensor2d([1, -1], [1, 2])];
  const each = stabilisedQuotient(batch, z, 1);
  expect(Array.from(await each.data())).toEqual([0.5, -0.5, 0.5, -0.5]);
  tf.dispose([zeros, ones, quotient, batch, z, each]);
});

test('rectifiedCotangent(cotangent), addTensors(a, b)', async () => {
  const [a, b] = [cycled(103, 3), cycled(103, 1)];
  await expectValues(
    [a, b],
    ([left]) => rectifiedCotangent(left),
    (i) => Math.max(0, at(a, i)),
  );
  await expectValues(
    [a, b],
    (tensors) => addTensors(...tensors),
    (i) => at(a, i) + at(b, i),
  );
});

test('reluGradient(cotangent, output): integers, and shapes that broadcast', async () => {
  const cotangent = tf.tensor([1, 2, 3, 4], [2, 2]);
  const counts = tf.tensor1d([0, 5], 'int32');
  const gradient = reluGradient(cotangent, counts);
  expect(await gradient.data()).toEqual(Float32Array.of(0, 2, 0, 4));
  tf.dispose([cotangent, counts, gradient]);
});

const activations = [
  { name: 'none', activation: undefined, limit: (y: number): number => y },
  { name: 'relu', activation: { ceiling: undefined }, limit: (y: number): number => Math.max(0, y) },
  { name: 'relu6', activation: { ceiling: 6 }, limit: (y: number): number => (y < 0 ? 0 : Math.min(y, 6)) },
];

test.each(activations)('scaleShift(x, scale, shift, $name)', async ({ activation, limit }) => {
  for (const channels of [1, 2, 3, 4, 5, 7, 8, 9, 96]) {
    const values = isExact ? [...special, Infinity] : special;
    const x = Float32Array.from({ length: 12 * channels }, (_, i) => values[(i * 5) % values.length] as number);
    const scale = Float32Array.from({ length: channels }, (_, i) => [0.5, -1, -0, 3.3][i % 4] as number);
    const shift = Float32Array.from({ length: channels }, (_, i) => [-0, 0.75, -0, -2][i % 4] as number);
    const tensors = [tf.tensor(x, [2, 3, 2, channels]), tf.tensor(scale), tf.tensor(shift)] as const;
    const y = scaleShift(...tensors, activation);
    expect(y.shape).toEqual([2, 3, 2, channels]);
    const expected = x.map((value, i) => {
      const c = i % channels;
      return limit(Math.fround(Math.fround(value * at(scale, c)) + at(shift, c)));
    });
    expectEqual(await y.data(), expected);
    tf.dispose([...tensors, y]);
  }
});

test('scaleShift(x, scale, shift): one number for all channels, and a scale along another axis', async () => {
  const x = tf.ones([2, 2]);
  const [scale, shift, column] = [tf.scalar(3), tf.scalar(1), tf.tensor2d([2, 5], [2, 1])];
  const [same, byRow] = [scaleShift(x, scale, shift), scaleShift(x, column, column)];
  expect(await same.data()).toEqual(Float32Array.of(4, 4, 4, 4));
  expect(await byRow.data()).toEqual(Float32Array.of(4, 4, 10, 10));
  tf.dispose([x, scale, shift, column, same, byRow]);
});

test('scaleShift(x, scale, shift) on a tape has a gradient', async () => {
  const [x, scale, shift] = [tf.ones([2, 3]), tf.tensor([1, 2, 3]), tf.zeros([3])];
  const gradient = tf.grad((input) => scaleShift(input, scale, shift))(x);
  expect(await gradient.data()).toEqual(Float32Array.of(1, 2, 3, 1, 2, 3));
  tf.dispose([x, scale, shift, gradient]);
});

test('reluGradient(cotangent, output): a disposed tensor', () => {
  const x = tf.ones([4]);
  x.dispose();
  expect(() => reluGradient(x, x)).toThrow();
});

type Pair = readonly [Tensor, Tensor];

async function expectValues(
  [a, b]: readonly [Float32Array, Float32Array],
  run: (tensors: Pair) => Tensor,
  expected: (index: number) => number,
): Promise<void> {
  const tensors = [tf.tensor1d(a), tf.tensor1d(b)] as const;
  const result = run(tensors);
  expectEqual(
    await result.data(),
    Float32Array.from(a, (_, i) => expected(i)),
  );
  tf.dispose([...tensors, result]);
}

/** Bit by bit but for NaN on exact backends; a comparison by `expect` of a million numbers would take seconds. */
function expectEqual(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const same = (x: number, y: number): boolean => (isExact ? Object.is(x, y) : Math.abs(x - y) <= 1e-6 * Math.abs(y));
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!same(at(actual, i), at(expected, i))) expect({ i, value: actual[i] }).toEqual({ i, value: expected[i] });
  }
}

async function expectNearly(found: Tensor, expected: (i: number) => number): Promise<void> {
  const values = Float32Array.from(await found.data());
  found.dispose();
  const worst = values.reduce((most, value, i) => {
    const exact = expected(i);
    return Math.max(most, Math.abs(value - exact) / Math.max(1, Math.abs(exact)));
  }, 0);
  expect(worst).toBeLessThan(1e-5);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 2.5;
}

function cycled(size: number, stride: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => special[(i * stride + 4) % special.length] as number);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
