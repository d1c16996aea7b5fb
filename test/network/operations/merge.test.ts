import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { composites, deepLift, lrp, rules } from '../../../src/attribution/index.ts';
import { constantAffine } from '../../../src/network/operations/affine.ts';
import { add, average, maximum, minimum, multiply, subtract } from '../../../src/network/operations/merge.ts';
import { globalAveragePool } from '../../../src/network/operations/pooling.ts';
import { expectClose } from '../../support/close.ts';
import { type Make, operationNetwork } from '../../support/operationNetwork.ts';
import { expectGradient, expectParts, noiseTensor, passes } from '../../support/operations.ts';

const merges: Readonly<Record<string, readonly [make: Make, of: (a: number, b: number) => number]>> = {
  add: [add, (a, b) => a + b],
  subtract: [subtract, (a, b) => a - b],
  multiply: [multiply, (a, b) => a * b],
  average: [average, (a, b) => (a + b) / 2],
  maximum: [maximum, Math.max],
  minimum: [minimum, Math.min],
};

const both = Object.entries(merges).flatMap(([name, [make, of]]) =>
  [false, true].map(
    (reversed) => [`${name}, the ${reversed ? 'first' : 'second'} operand [n, c]`, { make, of, reversed }] as const,
  ),
);

test.each(both)('%s is spread over rows and columns', async (_name, { make, of, reversed }) => {
  // Three columns of three channels: to line the last axes up, as tfjs does, would fit too.
  const network = operationNetwork(
    [4, 3, 3],
    [
      ['mean', globalAveragePool],
      ['merged', make, ...(reversed ? ['mean', 'x'] : ['x', 'mean'])],
    ],
  );
  const x = noiseTensor([3, 4, 3, 3]);
  const { y, cotangent, gradient } = passes(network, x);
  const [values, found] = [await x.data(), await y.data()];
  found.forEach((value, i) => {
    const [n, u] = [Math.floor(i / 36), i % 3];
    let mean = 0;
    for (let p = 0; p < 12; p++) mean += (values[n * 36 + p * 3 + u] as number) / 12;
    const own = values[i] as number;
    expect(value).toBeCloseTo(reversed ? of(mean, own) : of(own, mean), 5);
  });
  await expectGradient(network, x, { step: 1e-3, tolerance: 2e-2 });
  const picture = tf.tidy(() => tf.slice(x, [0, 0, 0, 0], [1, -1, -1, -1])) as tf.Tensor4D;
  await expectParts(network, picture);
  tf.dispose([x, y, cotangent, gradient, picture]);
  network.dispose();
});

test.each(both)('%s: DeepLIFT is complete', async (_name, { make, reversed }) => {
  const network = operationNetwork(
    [4, 3, 3],
    [
      ['mean', globalAveragePool],
      ['merged', make, ...(reversed ? ['mean', 'x'] : ['x', 'mean'])],
      ['scores', globalAveragePool],
    ],
  );
  const x = noiseTensor([2, 4, 3, 3]);
  const { delta, score } = await deepLift(network, x, { target: 1, baseline: 0.3 });
  delta?.forEach((gap, i) => expect(Math.abs(gap)).toBeLessThan(1e-5 * Math.max(1, Math.abs(score[i] as number))));
  x.dispose();
  network.dispose();
});

test('of a difference LRP gives each operand its part of the result', async () => {
  // 3x − 1 less x/2 + 2, at 4: 11 − 4.
  const network = operationNetwork(
    [1],
    [
      ['a', (source) => constantAffine(source, 1, { scale: 3, shift: -1 }), 'x'],
      ['b', (source) => constantAffine(source, 1, { scale: 0.5, shift: 2 }), 'x'],
      ['difference', subtract, 'a', 'b'],
    ],
  );
  const x = { shape: [1, 1], data: Float32Array.of(4) };
  const relevance = async (layer: string): Promise<number> =>
    (await lrp(network, x, { layer, target: 0, composite: composites.uniform(rules.epsilon()) })).values
      .data[0] as number;
  expect(await relevance('difference')).toBeCloseTo(7, 5);
  expect(await relevance('a')).toBeCloseTo(11, 4);
  expect(await relevance('b')).toBeCloseTo(-4, 4);
  network.dispose();
});

test('constantAffine(source, channels, { scale, shift }) takes a number or one for each channel', async () => {
  const network = operationNetwork([2], [['y', (source) => constantAffine(source, 2, { scale: [2, -1], shift: 0.5 })]]);
  const x = tf.tensor2d([[1, 3]]);
  const { y, cotangent, gradient } = passes(network, x);
  const expected = tf.tidy(() => tf.mul(cotangent, [[2, -1]]));
  await expectClose(y, { shape: [1, 2], data: Float32Array.of(2.5, -2.5) });
  await expectClose(gradient, expected);
  tf.dispose([x, y, cotangent, gradient, expected]);
  network.dispose();
});
