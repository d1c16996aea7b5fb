import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { backend } from '../support/backend.ts';
import { readNpy } from '../support/fixtures.ts';

test(`the tests run on ${backend}`, async () => {
  const product = tf.tidy(() => tf.matMul(tf.ones([40, 50]), tf.ones([50, 60])));
  const values = await product.data();
  product.dispose();
  expect(values).toEqual(new Float32Array(2400).fill(50));
  expect(tf.getBackend()).toBe(backend);
});

test('readNpy(path)', async () => {
  const { shape, data } = await readNpy('goldens/attribution/vgg-tiny/x.npy');
  expect(shape).toEqual([2, 16, 16, 3]);
  expect(data).toHaveLength(2 * 16 * 16 * 3);
});

test('readNpy(path): no such file', async () => {
  await expect(readNpy('goldens/none.npy')).rejects.toThrow();
});
