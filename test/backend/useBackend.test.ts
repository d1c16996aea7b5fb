import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { describeBackend, useBackend } from '../../src/backend/index.ts';
import { backend } from '../support/backend.ts';

// tfjs warns on the console of a backend that does not start.
vi.spyOn(console, 'warn').mockImplementation(() => undefined);

tf.registerBackend('throwing', () => {
  throw new Error('no such device');
});
tf.registerBackend('rejecting', () => Promise.reject(new Error('no such adapter')));
tf.registerBackend('empty', () => new tf.KernelBackend());

test('useBackend(): the one that is registered', async () => {
  const { name, features, warnings } = await useBackend();
  expect(name).toBe(backend);
  expect(tf.getBackend()).toBe(backend);
  expect(features.precision).toBe(32);
  expect(features.training).toBe(backend !== 'wasm');
  expect(features.simd).toBe(backend === 'wasm');
  expect(warnings).toHaveLength(backend === 'wasm' ? 2 : 0);
});

test('describeBackend(): the same as useBackend(name) returns', async () => {
  expect(await describeBackend()).toEqual(await useBackend(backend));
});

test('useBackend(names): the first that works', async () => {
  const { name } = await useBackend(['throwing', 'absent', 'rejecting', 'empty', backend]);
  expect(name).toBe(backend);
});

const failures = {
  throwing: /no backend works: throwing does not start: no such device; registered are: .*throwing/,
  rejecting: /rejecting does not start: no such adapter/,
  empty: /empty cannot compute a small convolution: 'write' not yet implemented/,
  absent: new RegExp(`absent is not registered; registered are: .*${backend}`),
};

test.each(Object.entries(failures))('useBackend("%s") tells why, and the former backend is back', async (name, why) => {
  await expect(useBackend(name)).rejects.toThrow(why);
  expect(tf.getBackend()).toBe(backend);
  const sum = tf.add(1, 2);
  expect(Array.from(await sum.data())).toEqual([3]);
  sum.dispose();
});

test('useBackend(name): a backend with wrong numbers', async () => {
  const shared = tf.backend();
  tf.copyRegisteredKernels(backend, 'wrong');
  tf.registerBackend('wrong', () => shared);
  tf.unregisterKernel('Relu', 'wrong');
  tf.registerKernel({
    kernelName: 'Relu',
    backendName: 'wrong',
    kernelFunc: ({ inputs }) => tf.zerosLike(inputs['x'] as tf.Tensor),
  });
  await expect(useBackend('wrong')).rejects.toThrow(/wrong computes wrongly: a small convolution is off by \d/);
  expect(tf.getBackend()).toBe(backend);
});

test.each([[[]], [3], [''], [['cpu', 3]], [null]])('useBackend(%j)', async (preferred) => {
  await expect(useBackend(preferred as string)).rejects.toThrow(/"preferred" expected the name of a backend/);
});
