import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canUseSimd } from '../../src/backend/kernels/simd/simd.ts';
import { swish, swishGradient } from '../../src/backend/kernels/swish.ts';
import { random } from '../../src/numeric/random.ts';
import { backend } from '../support/backend.ts';
import { ownMemory, takenBuilds } from '../support/simdBuilds.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const exactSwish = (x: number): number => x * sigmoid(x);
const exactSlope = (x: number): number => sigmoid(x) * (1 + x * sigmoid(-x));

// GPUs take exponentials in few bits.
const isPrecise = ['cpu', 'wasm'].includes(backend);
const isHere = tf.tidy(() => canUseSimd([tf.zeros([1])]));
if (!isHere) console.warn(`LEFT OUT on ${backend} without SIMD kernels: the rounding of their swish`);

/** Numbers on both sides of 0, at which all is large and at which all is small. */
const drawn = draw([0.1, 2, 20, 80], 1000);

describe('swish(x)', () => {
  test('is x · σ(x)', async () => {
    const found = await valuesOf(swish, drawn);
    const errors = found.map(
      (y, i) => Math.abs(y - exactSwish(drawn[i] as number)) / (1 + Math.abs(drawn[i] as number)),
    );
    expect(Math.max(...errors)).toBeLessThan(isPrecise ? 3e-7 : 1e-4);
  });

  test.runIf(isHere)('is as precise as float32 can tell', async () => {
    const found = await valuesOf(swish, drawn);
    const errors = found.map((y, i) => inLastPlaces(y, exactSwish(drawn[i] as number)));
    expect(Math.max(...errors)).toBeLessThan(3);
  });

  test('saturates', async () => {
    const found = await valuesOf(swish, Float32Array.of(0, 100, 1e30, -100, -1e4));
    expect([...found].map((y) => (Math.abs(y) < 1e-35 ? 0 : y))).toEqual([0, 100, Math.fround(1e30), 0, 0]);
  });

  test.runIf(isPrecise)('is what tfjs makes of numbers that are not finite', async () => {
    const special = Float32Array.of(Number.NaN, Infinity, -Infinity, -3.4e38, 3.4e38);
    const [ours, stock] = [await valuesOf(swish, special), await valuesOf((x) => tf.mul(x, tf.sigmoid(x)), special)];
    expect(ours.map((y) => y + 0)).toEqual(stock.map((y) => y + 0));
  });
});

describe('swishGradient(cotangent, x)', () => {
  test('is the cotangent times σ(x) · (1 + x · (1 − σ(x)))', async () => {
    const by = drawn.map((_, i) => Math.cos(i));
    const found = await valuesOf((x) => swishGradient(tf.tensor1d(by), x), drawn);
    const errors = found.map((y, i) => Math.abs(y - (by[i] as number) * exactSlope(drawn[i] as number)));
    expect(Math.max(...errors)).toBeLessThan(isPrecise ? 6e-7 : 1e-4);
  });

  test('saturates, and NaN passes', async () => {
    const x = Float32Array.of(0, 200, -200, -1e30, 1e30, Number.NaN);
    const found = await valuesOf((at) => swishGradient(tf.ones([6]), at), x);
    expect([...found].map((y) => y + 0).slice(0, 5)).toEqual([0.5, 1, 0, 0, 1]);
    if (isPrecise) expect(found[5]).toBeNaN();
  });

  test('a NaN of the cotangent passes', async () => {
    const found = await valuesOf((x) => swishGradient(tf.tensor1d([1, Number.NaN]), x), Float32Array.of(1, 2));
    if (isPrecise) expect(found[1]).toBeNaN();
    expect(found[0]).toBeCloseTo(exactSlope(1), 5);
  });
});

test('nothing is left', () => {
  const x = tf.tensor1d(drawn);
  const before = tf.memory().numTensors;
  tf.dispose([swish(x), swishGradient(x, x)]);
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});

describe.each(takenBuilds)('the $name build', ({ bytes }) => {
  const memory = ownMemory();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const kernels = exports as Record<string, (...numbers: number[]) => void>;
  const beside = 16;

  test.each(['swish', 'swishGradient'])('%s gives each number the same bits wherever it lies, in any parts', (name) => {
    const property = fc.property(
      fc.array(fc.tuple(fc.double({ noNaN: true, min: -90, max: 90 }), fc.double({ noNaN: true, min: -2, max: 2 })), {
        maxLength: 150,
      }),
      fc.integer({ min: 1, max: 7 }),
      (pairs, parts) => {
        const one = (x: number, g: number): number => run([x], [g], 1)[0] as number;
        const [xs, gs] = [pairs.map(([x]) => x), pairs.map(([, g]) => g)];
        expect([...run(xs, gs, parts)]).toEqual(pairs.map(([x, g]) => one(x, g)));
      },
    );
    fc.assert(property);

    function run(xs: readonly number[], gs: readonly number[], parts: number): Float32Array {
      const all = new Float32Array(memory.buffer);
      const count = xs.length;
      const [g, x, y] = [beside, 2 * beside + count, 3 * beside + 2 * count] as const;
      all.fill(9, 0, y + count + beside);
      all.set(gs, g);
      all.set(xs, x);
      const operands = name === 'swish' ? [4 * x] : [4 * g, 4 * x];
      const order = Array.from({ length: parts }, (_, i) => parts - 1 - i).concat(0);
      for (const part of order) kernels[name]?.(...operands, 4 * y, count, part, parts);
      const around = [...all.slice(y - beside, y), ...all.slice(y + count, y + count + beside)];
      expect(around).toEqual(Array(2 * beside).fill(9));
      return all.slice(y, y + count);
    }
  });
});

async function valuesOf(run: (x: Tensor) => Tensor, values: Float32Array): Promise<Float32Array> {
  const result = tf.tidy(() => run(tf.tensor1d(values)));
  const found = await result.data();
  result.dispose();
  return Float32Array.from(found);
}

function draw(scales: readonly number[], count: number): Float32Array {
  const { uniform } = random(3);
  return Float32Array.from(scales.flatMap((scale) => Array.from({ length: count }, () => scale * (2 * uniform() - 1))));
}

/** An error in units of the last place of float32. */
function inLastPlaces(found: number, expected: number): number {
  return Math.abs(found - expected) / 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 23);
}
