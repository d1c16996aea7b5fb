import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { expect, test } from 'vitest';

// The numbers belong to these names: another set-up, or none, would draw others.
test('draws are fixed by the names of file and test', () => {
  expect([Math.random(), Math.random()]).toEqual([0.05549211673587573, 0.47534505313893416]);
  expect(fc.readConfigureGlobal()?.seed).toBe(340975173);
});

test('so are the weights and the tensors that tfjs draws', async () => {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [1], kernelInitializer: 'heNormal' })] });
  const drawn = tf.randomUniform([2]);
  const [kernel, uniform] = await Promise.all([model.getWeights()[0]?.data(), drawn.data()]);
  tf.dispose([drawn, model.getWeights()]);
  expect([...(kernel as Float32Array), ...uniform].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
    1.127791, 0.02237, 0.669661, 0.417573,
  ]);
});
