import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { trainingAttack } from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, conv, free, inputsOf, picture, randomized } from '../../oracle/building.ts';

const labels = Array.from({ length: 12 }, (_, i) => (i * i + (i >> 2)) % 3);

function planted() {
  const model = randomized(
    chain(picture, conv({ activation: 'relu' }), l.flatten(), l.dense({ units: 3, activation: 'softmax' })),
  );
  const [images] = inputsOf(model, 12) as [NdArray];
  // A mean of two training images of different classes: what it is hangs on them.
  const size = images.data.length / 12;
  const [a, b] = [images.data.subarray(0, size), images.data.subarray(size, 2 * size)];
  const between = { shape: [1, ...picture], data: a.map((value, i) => 0.55 * value + 0.45 * (b[i] as number)) };
  return { model, training: { images, labels }, test: { images: between, labels: [labels[0] as number] } };
}

test('training images that are changed a little give a test image another class', async () => {
  const { model, training, test: one } = planted();
  const epsilon = 0.2;
  const found = await trainingAttack(model, training, one, { bounds: [-1, 1], epsilon, examples: 3, penalty: 0.01 });
  expect(found.classes[0]).toBe(labels[0]);
  expect(found.success).toBe(true);
  expect(found.classes[1]).not.toBe(labels[0]);
  expect(found.change).toBeGreaterThan(0);
  expect(found.change).toBeLessThanOrEqual(epsilon + 1e-6);
  expect(found.chosen).toHaveLength(3);
  expect(found.images.shape).toEqual([3, ...picture]);
  expect(found.images.data.every((value) => Math.abs(value) <= 1)).toBe(true);
  expect(found.confidence.at(-1)).toBeLessThan(found.confidence[0] as number);
  free(model);
});

test('each step lowers the confidence, by half a shade each at most', async () => {
  const { model, training, test: one } = planted();
  const { confidence, change } = await trainingAttack(model, training, one, {
    bounds: [-1, 1],
    steps: 4,
    stepShare: 0.2,
  });
  confidence.forEach((value, i) => {
    if (i > 0) expect(value).toBeLessThan(confidence[i - 1] as number);
  });
  expect(change).toBeLessThan(1.001 * (1 / 255));
  free(model);
});

test('what cannot be is refused', async () => {
  const { model, training, test: one } = planted();
  await expect(trainingAttack(model, training, training, { bounds: [-1, 1] })).rejects.toThrow(
    /single example, got 12/,
  );
  await expect(trainingAttack(model, training, one, { bounds: [0, 1] })).rejects.toThrow(/expected values in 0..1/);
  await expect(trainingAttack(model, training, one, { bounds: [-1, 1], epsilon: -1 })).rejects.toThrow(/"epsilon"/);
  await expect(trainingAttack(model, training, one, { bounds: [-1, 1], penalty: 0 })).rejects.toThrow(/"penalty"/);
  free(model);
});
