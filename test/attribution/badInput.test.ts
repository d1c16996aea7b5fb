import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deconvnet,
  expectedGradients,
  gradCam,
  gradient,
  guidedBackprop,
  integratedGradients,
  noiseTunnel,
} from '../../src/attribution/index.ts';
import { gradientRule } from '../../src/network/walk/composite.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { methods } from '../support/methods.ts';
import { fixtureModel } from '../support/models.ts';

let model: LayersModel;
const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, (_, i) => Math.sin(i)) };

beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
});
afterAll(() => model.dispose());

const refused: readonly [string, () => Promise<unknown>, string][] = [
  [
    'a CAM of a dense layer',
    () => gradCam(model, x, { layer: 'fc1' }),
    '"layer" expected a layer with rows and columns, "fc1" has shape [n,',
  ],
  [
    'an unknown layer',
    () => gradCam(model, x, { layer: 'conv9' }),
    '"layer" expected the address of a layer, got "conv9"; near: conv1',
  ],
  [
    'a layer after the target',
    () => gradCam(model, x, { layer: 'conv3', target: { layer: 'conv1', unit: 0 } }),
    'no gradient reaches "conv3"',
  ],
  ['a class out of range', () => gradient(model, x, { target: 5 }), '"target" expected an integer in 0..4, got 5'],
  [
    'a unit out of range',
    () => gradient(model, x, { target: { layer: 'fc1', unit: 99 } }),
    '"target.unit" expected an integer in 0..',
  ],
  [
    'a position in a dense layer',
    () => gradient(model, x, { target: { layer: 'fc1', unit: 0, position: [0, 0] } }),
    '"target.position" expected none',
  ],
  ['no steps', () => integratedGradients(model, x, { steps: 0 }), '"steps" expected'],
  ['an unknown rule', async () => integratedGradients(model, x, { rule: 'simpson' as 'left' }), '"rule" expected'],
  [
    'a baseline of another shape',
    () => integratedGradients(model, x, { baseline: { shape: [3], data: new Float32Array(3) } }),
    '"baseline" expected shape [2, 16, 16, 3] or [16, 16, 3], got [3]',
  ],
  [
    'an unknown baseline',
    () => integratedGradients(model, x, { baseline: 'black' as 'zero' }),
    `"baseline" expected 'zero'`,
  ],
  [
    'an empty background',
    () => expectedGradients(model, x, { background: { shape: [0, 16, 16, 3], data: new Float32Array(0) } }),
    '"background" expected at least one example',
  ],
  [
    'no samples',
    () => expectedGradients(model, x, { background: x, samples: 0 }),
    '"samples" expected an integer of at least 1, got 0',
  ],
  [
    'an unknown size',
    () => gradCam(model, x, { size: 'full' as 'input' }),
    '"size" expected one of input, layer, got "full"',
  ],
  [
    'NaN in the input',
    () => gradient(model, { shape: [1, 16, 16, 3], data: new Float32Array(768).fill(Number.NaN) }),
    '"x" expected finite numbers, got NaN at [0, 0, 0, 0]',
  ],
  [
    'another input size',
    () => gradient(model, { shape: [15, 16, 3], data: new Float32Array(720) }),
    '"x" expected shape [n, 16, 16, 3] or [16, 16, 3]',
  ],
];

test.each(refused)('%s is refused by name', async (_what, run, message) => {
  await expect(run()).rejects.toThrow(message);
});

test.each([
  [{ kind: 'median' as 'smooth' }, '"kind" expected one of'],
  [{ kind: 'variance' as const, samples: 1 }, '"samples" expected an integer of at least 2, got 1'],
  [{ noise: -1 }, '"noise" expected a finite number of at least 0, got -1'],
])('noiseTunnel(gradient, %o) is refused', (options, message) => {
  expect(() => noiseTunnel(gradient, options)).toThrow(message);
});

class Doubled extends tfl.layers.Layer {
  static readonly className = 'Doubled';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs, 2);
  }
}

test.each([
  ['deconvnet', deconvnet],
  ['guidedBackprop', guidedBackprop],
] as const)('%s refuses an opaque layer unless it is given a rule', async (name, method) => {
  const custom = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [6, 6, 1], activation: 'relu' }),
      new Doubled({ name: 'doubled' }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 2 }),
    ],
  });
  const input = { shape: [1, 6, 6, 1], data: new Float32Array(36).fill(0.5) };
  await expect(method(custom, input)).rejects.toThrow(`${name} needs to know what layer "doubled" (Doubled) does`);
  const { values } = await method(custom, input, { rules: [[{ address: 'doubled' }, gradientRule]] });
  expect(values.shape).toEqual([1, 6, 6, 1]);
  custom.dispose();
});

test.each(Object.keys(methods))('%s stops at an aborted signal and leaks nothing', async (key) => {
  const method = methods[key] as (typeof methods)[string];
  const reason = new Error('enough');
  const controller = new AbortController();
  const options = { signal: controller.signal, batchSize: 1, onProgress: () => controller.abort(reason) };
  await expect(method(model, x, options)).rejects.toBe(reason);
  await expect(method(model, x, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('two overlapping calls on one model give what they give alone', async () => {
  const alone = [await gradient(model, x, { target: 1 }), await gradCam(model, x, { target: 2 })];
  const together = await Promise.all([gradient(model, x, { target: 1 }), gradCam(model, x, { target: 2 })]);
  expect(together.map(({ values }) => values.data)).toEqual(alone.map(({ values }) => values.data));
});
