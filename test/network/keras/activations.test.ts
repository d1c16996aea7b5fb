import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { loadModel } from '../../../src/network/loadModel.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { expectClose } from '../../support/close.ts';
import { chain3Json, chainJson, layerJson, modelFiles } from '../../support/kerasJson.ts';

const xs = [-7, -3.5, -3, -1.5, -1, -0.6, -0.4, 0, 0.3, 0.5, 0.9, 1, 2.5, 3, 6.5];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

// As keras.activations defines them.
const closedForms: Readonly<Record<string, (x: number) => number>> = {
  hard_sigmoid: (x) => clip(x / 6 + 0.5, 0, 1),
  hard_silu: (x) => x * clip(x / 6 + 0.5, 0, 1),
  hard_swish: (x) => x * clip(x / 6 + 0.5, 0, 1),
  leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
  exponential: Math.exp,
  log_sigmoid: (x) => Math.log(sigmoid(x)),
  celu: (x) => (x > 0 ? x : Math.expm1(x)),
  squareplus: (x) => (x + Math.sqrt(x * x + 4)) / 2,
  tanh_shrink: (x) => x - Math.tanh(x),
  soft_shrink: (x) => (x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0),
  hard_shrink: (x) => (Math.abs(x) > 0.5 ? x : 0),
  hard_tanh: (x) => clip(x, -1, 1),
  sparse_plus: (x) => (x <= -1 ? 0 : x >= 1 ? x : (x + 1) ** 2 / 4),
  sparse_sigmoid: (x) => clip((x + 1) / 2, 0, 1),
  silu: (x) => x * sigmoid(x),
  relu6: (x) => clip(x, 0, 6),
};

/** What a layer with this activation makes of the numbers, in the model's own pass and in vitrine's. */
async function expectValues(topology: object, f: (x: number) => number): Promise<void> {
  const model = await loadModel(modelFiles(topology));
  const x = { shape: [1, xs.length], data: Float32Array.from(xs) };
  const expected = { shape: x.shape, data: Float32Array.from(xs, f) };
  const stock = tf.tidy(() => model.predict(tf.tensor(x.data, x.shape)) as tf.Tensor);
  const { act } = await activations(model, x, ['act']);
  await expectClose(stock, expected, { name: 'predict' });
  await expectClose(act as NdArray, expected, { name: 'activations' });
  stock.dispose();
}

describe('activations of Keras 3', () => {
  test.each(Object.entries(closedForms))('%s', async (activation, f) => {
    await expectValues(chain3Json([xs.length], [layerJson('Activation', { name: 'act', activation })]), f);
  });
});

test('hard_sigmoid of Keras 2 has other slopes', async () => {
  const layer = layerJson('Activation', { name: 'act', activation: 'hard_sigmoid' });
  await expectValues(chainJson([xs.length], [layer]), (x) => clip(0.2 * x + 0.5, 0, 1));
});

describe('an activation that is written as an object', () => {
  const rectified = (x: number): number => Math.min(x > 1 ? x : 0, 2) - 0.5 * Math.max(1 - x, 0);
  const ofLayer = (kind: string, config: object): object => ({ module: 'keras.layers', class_name: kind, config });
  test.each([
    ['a function', { class_name: 'function', config: 'relu6', module: 'builtins' }, closedForms['relu6']],
    ['LeakyReLU of Keras 2', ofLayer('LeakyReLU', { alpha: 0.1 }), (x: number) => (x > 0 ? x : 0.1 * x)],
    ['LeakyReLU of Keras 3', ofLayer('LeakyReLU', { negative_slope: 0.1 }), (x: number) => (x > 0 ? x : 0.1 * x)],
    ['ELU', ofLayer('ELU', { alpha: 0.5 }), (x: number) => (x > 0 ? x : 0.5 * Math.expm1(x))],
    ['ReLU', ofLayer('ReLU', { max_value: 2, negative_slope: 0.5, threshold: 1 }), rectified],
    ['Activation', ofLayer('Activation', { activation: 'tanh' }), Math.tanh],
  ] as const)('%s', async (_, activation, f) => {
    await expectValues(
      chainJson([xs.length], [layerJson('Activation', { name: 'act', activation })]),
      f as (x: number) => number,
    );
  });
});

test.each([
  ['a name that is not known', 'glu', /layer "act" \(Activation\): activation "glu" is not known: .*near: /],
  ['a layer with weights', { class_name: 'PReLU', config: {} }, /activation "PReLU" is not known/],
  [
    'a softmax over another axis',
    { class_name: 'Softmax', config: { axis: 1 } },
    /a Softmax over axis 1 is not supported here: put it behind as a layer/,
  ],
])('%s is refused', async (_, activation, message) => {
  const topology = chainJson([3], [layerJson('Activation', { name: 'act', activation })]);
  await expect(loadModel(modelFiles(topology))).rejects.toThrow(message);
});
