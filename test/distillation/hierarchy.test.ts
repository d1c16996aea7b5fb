import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { hierarchyLoss } from '../../src/distillation/hierarchy/hierarchyLoss.ts';
import { neuralBackedTree } from '../../src/distillation/hierarchy/neuralBackedTree.ts';
import { predictHierarchy } from '../../src/distillation/hierarchy/predictHierarchy.ts';
import { random } from '../../src/numeric/random.ts';
import { chain, free, randomized } from '../oracle/building.ts';
import { expectNear } from '../support/near.ts';

const { normal } = random(8);
const weights = { shape: [5, 3], data: Float32Array.from({ length: 15 }, normal) };
const logits = { shape: [4, 5], data: Float32Array.from({ length: 20 }, normal) };
const labels = [0, 3, 4, 3];

test('probabilities sum to 1, the likelier child is at each step', async () => {
  const tree = await neuralBackedTree(weights);
  const { probabilities, classes, hard, paths } = predictHierarchy(tree, logits);
  for (let i = 0; i < 4; i++) {
    const row = [...probabilities.data.subarray(5 * i, 5 * i + 5)];
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(classes[i]).toBe(row.indexOf(Math.max(...row)));
    const path = paths[i] ?? [];
    expect(path.every(({ probability }) => probability >= 0.5)).toBe(true);
    const product = path.reduce((all, { probability }) => all * probability, 1);
    expect(row[hard[i] as number]).toBeCloseTo(product, 12);
  }
});

test('the loss is −log p of the right class, and its gradient that of finite differences', async () => {
  const tree = await neuralBackedTree(weights);
  const lossOf = (data: ArrayLike<number>): number => {
    const { probabilities } = predictHierarchy(tree, { shape: [4, 5], data: Float64Array.from(data) });
    return labels.reduce((sum, k, i) => sum - Math.log(probabilities.data[5 * i + k] as number), 0) / 4;
  };
  const before = tf.memory().numTensors;
  const x = tf.tensor2d(logits.data, [4, 5]);
  const loss = hierarchyLoss(tree, x, labels);
  const slope = tf.tidy(() => tf.grad((z: tf.Tensor) => hierarchyLoss(tree, z as tf.Tensor2D, labels))(x));
  expectNear(await loss.data(), [lossOf(logits.data)], 1e-5);
  const expected = Array.from(logits.data, (_, i) => {
    const at = (step: number): number =>
      lossOf(Float64Array.from(logits.data, (value, j) => value + (i === j ? step : 0)));
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  });
  expectNear(await slope.data(), expected, 1e-5);
  tf.dispose([x, loss, slope]);
  expect(tf.memory().numTensors).toBe(before);
});

test.each(['softmax', 'linear'] as const)('the kernel of the last layer of a model, %s', async (activation) => {
  const model = randomized(
    chain(
      [4, 4, 2],
      l.conv2d({ filters: 3, kernelSize: 3 }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 4, activation }),
    ),
  );
  const kernel = tf.tidy(() => tf.transpose(model.layers.at(-1)?.getWeights()[0] as tf.Tensor));
  const rows = { shape: kernel.shape, data: (await kernel.data()) as Float32Array };
  kernel.dispose();
  expect(await neuralBackedTree(model)).toEqual(await neuralBackedTree(rows));
  free(model);
});

test('what has no hierarchy is refused', async () => {
  await expect(neuralBackedTree({ shape: [1, 2], data: new Float32Array(2) })).rejects.toThrow(
    '"weights" expected at least two classes, got 1',
  );
  await expect(neuralBackedTree({ shape: [2, 1], data: Float32Array.of(1, Number.NaN) })).rejects.toThrow('got NaN');
  const model = randomized(chain([4, 4, 2], l.globalAveragePooling2d({}), l.activation({ activation: 'softmax' })));
  await expect(neuralBackedTree(model)).rejects.toThrow('"model" expected logits of a dense layer');
  free(model);
  const tree = await neuralBackedTree(weights);
  expect(() => predictHierarchy(tree, { shape: [1, 4], data: new Float32Array(4) })).toThrow(
    '"logits" expected shape [n, 5]',
  );
  const x = tf.zeros([1, 5]) as tf.Tensor2D;
  expect(() => hierarchyLoss(tree, x, [5])).toThrow('"classes" expected an integer in 0..4, got 5');
  expect(() => hierarchyLoss(tree, x, [0, 1])).toThrow('"classes" expected 1 numbers, got 2');
  x.dispose();
});
