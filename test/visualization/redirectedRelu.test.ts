import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTensor } from '../../src/backend/inTurn.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { redirectedRelus } from '../../src/visualization/redirectedRelu.ts';
import { chain, conv, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';
import { evaluated } from '../support/evaluated.ts';
import { goldenCases } from '../support/goldenCases.ts';

/** What comes out of a network of one ReLU for a signal that goes in at its end. */
async function passedBack(x: NdArray, signal: NdArray, ceiling?: number): Promise<NdArray> {
  const model = chain(x.shape.slice(1), l.reLU({ ...(ceiling && { maxValue: ceiling }), name: 'relu' }));
  const network = compile(model);
  const weights = tf.tensor(signal.data, [...signal.shape]);
  const { gradient } = await evaluated(
    network,
    {
      layers: ['relu'],
      score: ([y]) => tf.sum(tf.reshape(tf.mul(y as tf.Tensor, weights), [x.shape[0] as number, -1]), 1),
    },
    x,
    redirectedRelus,
  );
  weights.dispose();
  network.dispose();
  free(model);
  return gradient;
}

test('golden redirected-relu, with the signs of ascent', async () => {
  const { ofMethod, arrayOf } = await goldenCases('visualization');
  const cases = ofMethod('redirected-relu');
  expect(cases).toHaveLength(1);
  for (const { inputs, outputs } of cases) {
    const [x, gradient] = await Promise.all([inputs['x'], inputs['gradient']].map(arrayOf));
    const expected = await arrayOf(outputs['redirected']);
    const negative = ({ shape, data }: NdArray<Float32Array | Int32Array>): NdArray => ({
      shape,
      data: Float32Array.from(data, (value) => -value),
    });
    const found = await passedBack(x as NdArray, negative(gradient as NdArray));
    await expectClose(found, negative(expected), { tolerance: 1e-6 });
  }
});

/** lucid's function for one example, written out; it climbs. */
function naive(x: readonly number[], signal: readonly number[], ceiling: number): number[] {
  const plain = x.map((value, i) => (value > 0 && value < ceiling ? (signal[i] as number) : 0));
  if (plain.some((value) => value !== 0)) return plain;
  return x.map((value, i) => {
    const up = signal[i] as number;
    if (value < 0) return Math.max(up, 0);
    return value > ceiling ? Math.min(up, 0) : up;
  });
}

test('a ReLU and a ReLU-n of any values, example by example', async () => {
  // GPUs take subnormal numbers for zeros, on the other side of the ReLU.
  const normal = (number: number): number => (Math.abs(number) < 2 ** -126 ? 0 : Math.fround(number));
  const value = fc.oneof(fc.double({ min: -9, max: 9, noNaN: true }), fc.constantFrom(0, 6, -1, 7, 8)).map(normal);
  const row = fc.array(fc.tuple(value, value), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(undefined, 6, 3),
      async (rows, ceiling) => {
        const array = (axis: 0 | 1): NdArray => ({
          shape: [rows.length, 4],
          data: Float32Array.from(rows.flatMap((pairs) => pairs.map((pair) => pair[axis]))),
        });
        const found = await passedBack(array(0), array(1), ceiling);
        const expected = rows.flatMap((pairs) =>
          naive(
            pairs.map(([x]) => x),
            pairs.map(([, signal]) => signal),
            ceiling ?? Number.POSITIVE_INFINITY,
          ),
        );
        await expectClose(found, { shape: found.shape, data: Float32Array.from(expected) });
      },
    ),
    { numRuns: 30 },
  );
});

test('where every unit is dead, a step along it brings the score up; where none is, nothing changes', async () => {
  const model = randomized(
    chain(
      [5, 5, 1],
      conv({ name: 'conv1', activation: 'relu' }),
      l.flatten(),
      l.dense({ name: 'scores', units: 1, activation: 'relu' }),
    ),
  );
  const dead = (bias: number): void =>
    tf.tidy(() => {
      const [kernel, , dense, last] = model.getWeights() as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      model.setWeights([kernel, tf.fill([3], bias), tf.abs(dense), last]);
    });
  const [x] = inputsOf(model, 2, 5) as [NdArray];
  const target = { layer: 'scores', unit: 0, position: 'mean' } as const;
  dead(-4);
  const network = compile(model);
  const plain = await evaluated(network, target, x);
  expect(new Set(plain.gradient.data)).toEqual(new Set([0]));
  const { gradient } = await evaluated(network, target, x, redirectedRelus);
  const before = await preactivations(network, x);
  const moved = { shape: x.shape, data: x.data.map((value, i) => value + 0.01 * (gradient.data[i] as number)) };
  const after = await preactivations(network, moved);
  const rise = after.data.reduce((sum, value, i) => sum + value - (before.data[i] as number), 0);
  expect(rise).toBeGreaterThan(0);
  dead(4);
  expect(await evaluated(network, target, x, redirectedRelus)).toEqual(await evaluated(network, target, x));
  network.dispose();
  free(model);
});

async function preactivations(network: Network, { shape, data }: NdArray): Promise<NdArray> {
  const found = tf.tidy(() => {
    const site = network.site('conv1@preactivation');
    return tf.clone(network.forward([tf.tensor(data, [...shape])], { taps: [site] }).value(site));
  });
  const read = await readTensor(found);
  found.dispose();
  return read;
}
