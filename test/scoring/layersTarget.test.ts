import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradCam } from '../../src/attribution/cam/gradCam.ts';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { integratedGradients } from '../../src/attribution/path/integratedGradients.ts';
import { occlusion } from '../../src/attribution/perturbation/hiding/occlusion.ts';
import { lrp } from '../../src/attribution/relevance/lrp.ts';
import { deletion } from '../../src/metrics/faithfulness/curves.ts';
import { activations } from '../../src/network/activations.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { layerGradients } from '../../src/scoring/layerGradients.ts';
import { scores } from '../../src/scoring/scores.ts';
import type { LayersTarget, Target } from '../../src/scoring/types.ts';
import { classifier, free, inputsOf } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

const perRow = (values: tf.Tensor | undefined): tf.Tensor =>
  tf.reshape(values as tf.Tensor, [(values as tf.Tensor).shape[0] as number, -1]);
/** Half the square of one layer and the cube of another. */
const objective: LayersTarget = {
  layers: ['pool1', 'conv2'],
  score: ([first, second]) =>
    tf.add(tf.mul(tf.sum(tf.square(perRow(first)), 1), 0.5), tf.sum(tf.pow(perRow(second), 3), 1)),
};

let model: LayersModel;
let x: NdArray;
beforeAll(() => {
  model = classifier();
  [x] = inputsOf(model, 2, 3) as [NdArray];
});
afterAll(() => free(model));

test('the score is that of the layers, whatever the outputs say', async () => {
  const { pool1, conv2 } = await activations(model, x, ['pool1', 'conv2']);
  const sum = ({ data }: NdArray, n: number, of: (value: number) => number): number =>
    data.subarray((n * data.length) / 2, ((n + 1) * data.length) / 2).reduce((total, value) => total + of(value), 0);
  const { values, target, explained } = await scores(model, x, { target: objective });
  for (const n of [0, 1]) {
    expect(values[n]).toBeCloseTo(sum(pool1, n, (v) => v ** 2 / 2) + sum(conv2, n, (v) => v ** 3), 3);
  }
  expect(target).toBeNull();
  expect(explained).toEqual({ target: 'function', scale: 'logit' });
});

test('gradients start at every layer, one behind the other too', async () => {
  const both = await layerGradients(model, x, { layers: ['conv2', 'pool1'], target: objective });
  const { conv2, pool1 } = await activations(model, x, ['conv2', 'pool1']);
  await expectClose(both.conv2, { shape: conv2.shape, data: conv2.data.map((v) => 3 * v ** 2) });
  // What arrives at the first layer is its own gradient and that of the second one through it.
  const through = await layerGradients(model, x, {
    layers: ['pool1'],
    target: { layers: ['conv2'], score: ([value]) => tf.sum(tf.pow(perRow(value), 3), 1) },
  });
  const sum = through.pool1.data.map((g, i) => g + (pool1.data[i] as number));
  await expectClose(both.pool1, { shape: pool1.shape, data: sum });
});

test('a layer that is named twice counts twice, and one that is not used not at all', async () => {
  const unit = { layer: 'conv2', unit: 1, position: 'sum' } as const;
  const sumOfUnit = (value: tf.Tensor | undefined): tf.Tensor =>
    tf.sum(perRow(tf.slice(value as tf.Tensor, [0, 0, 0, 1], [-1, -1, -1, 1])), 1);
  const once = await gradient(model, x, { target: unit });
  const twice = await gradient(model, x, {
    target: { layers: ['conv2', 'conv1', 'conv2'], score: ([a, , b]) => tf.add(sumOfUnit(a), sumOfUnit(b)) },
  });
  await expectClose(twice.values, { shape: x.shape, data: once.values.data.map((g) => 2 * g) });
});

test('every kind of method takes it; metrics want it again', async () => {
  const map = await gradCam(model, x, { target: objective });
  const path = await integratedGradients(model, x, { target: objective, steps: 40 });
  path.delta?.forEach((gap, i) => expect(Math.abs(gap)).toBeLessThan(0.05 * Math.abs(path.score[i] as number) + 0.02));
  expect((await occlusion(model, x, { target: objective, window: 3 })).explained.target).toBe('function');
  expect((await lrp(model, x, { target: objective })).score).toEqual(map.score);
  await expect(deletion(model, x, { attribution: map })).rejects.toThrow(
    '"target" expected what "attribution" explains',
  );
  const { curve } = await deletion(model, x, { attribution: map, target: objective });
  expect(curve?.data[0]).toBeCloseTo(map.score[0] as number, 3);
});

test.each<[string, unknown, string]>([
  ['no layers', { layers: [], score: objective.score }, '"target.layers" expected a list with elements, got []'],
  ['a text', { layers: 'conv2', score: objective.score }, '"target.layers" expected a list, got "conv2"'],
  ['an unknown layer', { layers: ['conv9'], score: objective.score }, '"target.layers" expected'],
  ['no score', { layers: ['conv2'] }, '"target.score" expected a function, got undefined'],
  [
    'a score of all',
    { layers: ['conv2'], score: ([v]: tf.Tensor[]) => tf.sum(v as tf.Tensor) },
    'returns shape [1], got []',
  ],
  ['a number', { layers: ['conv2'], score: () => 3 }, 'returns shape [1], got 3'],
])('%s is refused', async (_, target, message) => {
  await expect(gradient(model, x, { target: target as Target, batchSize: 1 })).rejects.toThrow(message);
});
