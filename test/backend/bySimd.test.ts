import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, test } from 'vitest';
import { bySimd } from '../../src/backend/kernels/simd/simd.ts';
import { backend } from '../support/backend.ts';

const hasKernels = backend === 'wasm' && inject('kernels') !== 'none';
if (!hasKernels) console.info('LEFT OUT: the room of computations by SIMD kernels, of which there are none here');

test(`bySimd is ${hasKernels ? 'a tensor' : 'undefined'} here`, async () => {
  const [x, y] = [tf.tensor1d([-1, 2, 3]), tf.tensor1d([1, 7, 3])];
  const masked = bySimd([x, y], [3], ({ kernels, at, result }) => kernels.reluGradient(...at, result, 3, 6));
  expect(masked && Array.from(await masked.data())).toEqual(hasKernels ? [-1, 0, 3] : undefined);
  tf.dispose([x, y, ...(masked ? [masked] : [])]);
});

test('bySimd is undefined of integers, of what is disposed of and while a tape records', () => {
  const [x, whole] = [tf.tensor1d([1, 2]), tf.tensor1d([1, 2], 'int32')];
  expect(bySimd([x, whole], [2], unexpected)).toBeUndefined();
  const gradient = tf.grad((z) => {
    expect(bySimd([z], [2], unexpected)).toBeUndefined();
    return tf.square(z);
  });
  tf.dispose([gradient(x), x, whole]);
  expect(bySimd([x], [2], unexpected)).toBeUndefined();
});

describe.runIf(hasKernels)('the room of a computation', () => {
  test('begins on cache lines and is given back', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.backend().numDataIds();
    const places: [number, number][] = [];
    const y = bySimd([x], [2], ({ scratch }) => places.push(scratch(4), scratch(100)));
    expect(places.map(([at, step]) => [at % 64, step])).toEqual([
      [0, 64],
      [0, 128],
    ]);
    expect(places[0]?.[0]).not.toBe(places[1]?.[0]);
    expect(tf.backend().numDataIds()).toBe(before + 1);
    tf.dispose([x, y as tf.Tensor]);
  });

  test('is given back with the result where it fails', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.backend().numDataIds();
    const failing = (): unknown =>
      bySimd([x], [2], ({ kernels, at, result, scratch }) => {
        scratch(100);
        kernels.reluGradient(...at, result);
      });
    expect(failing).toThrow('"reluGradient" expected 5 numbers, got 2');
    expect(tf.backend().numDataIds()).toBe(before);
    x.dispose();
  });
});

function unexpected(): void {
  throw new Error('it computes');
}
