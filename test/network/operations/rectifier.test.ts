import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { guidedBackprop } from '../../../src/attribution/index.ts';
import { elu } from '../../../src/network/operations/activation.ts';
import { type Rectification, rectifier } from '../../../src/network/operations/relu.ts';
import { expectClose } from '../../support/close.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { expectParts, noiseTensor, passes } from '../../support/operations.ts';

/** The kind, f(x) and f′(x) of Keras's ReLU(max_value, negative_slope, threshold) at these places. */
const places = [-2, -0.5, 0.5, 1.5, 3];
const cases: readonly (readonly [options: Rectification, kind: string, values: number[], slopes: number[]])[] = [
  [{}, 'relu', [0, 0, 0.5, 1.5, 3], [0, 0, 1, 1, 1]],
  [{ ceiling: 2 }, 'relu', [0, 0, 0.5, 1.5, 2], [0, 0, 1, 1, 0]],
  [{ slope: 0.25 }, 'leakyRelu', [-0.5, -0.125, 0.5, 1.5, 3], [0.25, 0.25, 1, 1, 1]],
  [{ threshold: 1 }, 'thresholdedRelu', [0, 0, 0, 1.5, 3], [0, 0, 0, 1, 1]],
  [{ threshold: 1, ceiling: 2 }, 'thresholdedRelu', [0, 0, 0, 1.5, 2], [0, 0, 0, 1, 0]],
  [{ slope: 0.5, ceiling: 2 }, 'thresholdedRelu', [-1, -0.25, 0.5, 1.5, 2], [0.5, 0.5, 1, 1, 0]],
  [{ slope: 0.5, threshold: 1, ceiling: 2 }, 'thresholdedRelu', [-1.5, -0.75, -0.25, 1.5, 2], [0.5, 0.5, 0.5, 1, 0]],
];

test.each(cases)('rectifier(source, %o) is %s', async (options, kind, values, slopes) => {
  const network = operationNetwork([5], [['y', (source) => rectifier(source, options)]]);
  expect(network.operations[0]?.kind).toBe(kind);
  const x = tf.tensor2d([places]);
  const { y, cotangent, gradient } = passes(network, x);
  const expected = tf.tidy(() => tf.mul(cotangent, [slopes]));
  await expectClose(y, { shape: [1, 5], data: Float32Array.from(values) });
  await expectClose(gradient, expected);
  tf.dispose([x, y, cotangent, gradient, expected]);
  network.dispose();
});

test('guided backpropagation rectifies a ReLU with or without a ceiling, and nothing else', async () => {
  for (const [options, kind] of cases) {
    // y = f(−f(x)): what arrives at the first is negative.
    const network = operationNetwork(
      [5],
      [
        ['first', (source) => rectifier(source, options)],
        ['last', (source) => rectifier(source, { slope: -1 })],
      ],
    );
    const x = { shape: [1, 5], data: Float32Array.from(places) };
    const { values } = await guidedBackprop(network, x, { target: ([y]) => tf.neg(tf.sum(y as tf.Tensor, 1)) });
    const isRectified = values.data.every((value) => value >= 0);
    expect(isRectified, `${kind} ${JSON.stringify(options)}`).toBe(kind === 'relu');
    network.dispose();
  }
});

test.each(cases)('rectifier(source, %o): parts of a picture', async (options) => {
  const network = operationNetwork([4, 5, 2], [['y', (source) => rectifier(source, options)]]);
  const x = noiseTensor([1, 4, 5, 2]) as tf.Tensor4D;
  await expectParts(network, x);
  x.dispose();
  network.dispose();
});

test('elu(source, alpha) is x, or alpha (eˣ − 1) below 0', async () => {
  const network = operationNetwork([5], [['y', (source) => elu(source, 0.5)]]);
  const x = tf.tensor2d([places]);
  const { y, cotangent, gradient } = passes(network, x);
  const below = places.map((place) => 0.5 * Math.exp(place));
  const expected = tf.tidy(() => tf.mul(cotangent, [places.map((place, i) => (place < 0 ? (below[i] as number) : 1))]));
  const values = places.map((place, i) => (place < 0 ? (below[i] as number) - 0.5 : place));
  await expectClose(y, { shape: [1, 5], data: Float32Array.from(values) });
  await expectClose(gradient, expected);
  tf.dispose([x, y, cotangent, gradient, expected]);
  network.dispose();
});
