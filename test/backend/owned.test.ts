import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { owned } from '../../src/backend/owned.ts';

test('owned(…) copies arrays and plain objects before it returns its promise', async () => {
  const buffer = Float32Array.of(0, 1, 2, 3);
  const given = {
    list: [1, [2, 3]],
    view: buffer.subarray(1, 3),
    bytes: Uint8Array.of(4, 5).buffer,
    nested: { data: Int32Array.of(6), text: 'seven' },
    nothing: undefined,
  };
  const copies = owned(given, given.list);
  buffer.fill(9);
  (given.list[1] as number[]).fill(9);
  given.nested.data.fill(9);
  given.nested.text = 'nine';
  new Uint8Array(given.bytes).fill(9);
  const list = [1, [2, 3]];
  const [options, alone] = await copies;
  expect(options).toEqual({
    list,
    view: Float32Array.of(1, 2),
    bytes: Uint8Array.of(4, 5).buffer,
    nested: { data: Int32Array.of(6), text: 'seven' },
    nothing: undefined,
  });
  expect(options.view.buffer.byteLength).toBe(8);
  expect(alone).toEqual(list);
});

test('owned(…) reads tensors, which may be disposed of at once, and leaves none', async () => {
  const before = tf.memory().numTensors;
  const tensor = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const whole = tf.tensor1d([5], 'int32');
  const copies = owned({ baseline: [tensor, 'zero'] }, whole);
  tf.dispose([tensor, whole]);
  expect(await copies).toEqual([
    { baseline: [{ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, 'zero'] },
    { shape: [1], data: Int32Array.of(5) },
  ]);
  expect(tf.memory().numTensors).toBe(before);
});

test('owned(…) leaves what is used and not read: functions, instances, objects with functions, what is disposed of', async () => {
  const tensor = tf.scalar(1);
  tensor.dispose();
  const store = { get: () => undefined, kept: [1] };
  const given = { store, signal: new AbortController().signal, pattern: /x/g, call: () => 1, tensor, map: new Map() };
  const [copy] = await owned(given);
  expect(copy).not.toBe(given);
  for (const name of Object.keys(given) as (keyof typeof given)[]) expect(copy[name]).toBe(given[name]);
});
