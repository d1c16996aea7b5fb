import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { inSteps } from '../../src/backend/inSteps.ts';
import { readTensor } from '../../src/backend/inTurn.ts';

/** Doubles a number in each step and reads it before. */
const doubling = (last: number, signal?: AbortSignal) => ({
  start: () => [tf.tensor1d([1])],
  last,
  step: ([state]: readonly tf.Tensor[], step: number) => ({
    ...(step < last && { next: [tf.mul(state as tf.Tensor, 2)] }),
    read: { value: tf.clone(state as tf.Tensor) },
  }),
  signal,
});

const finished = async ([state]: readonly tf.Tensor[]): Promise<number> =>
  (await readTensor(state as tf.Tensor)).data[0] as number;

test('each step goes on from what the last one left', async () => {
  const seen: number[] = [];
  const before = tf.memory().numTensors;
  expect(await inSteps(doubling(5), ({ value }) => seen.push(value.data[0] as number), finished)).toBe(32);
  expect(seen).toEqual([1, 2, 4, 8, 16, 32]);
  expect(tf.memory().numTensors).toBe(before);
});

test('whoever reads may say that it is enough', async () => {
  const seen: number[] = [];
  const found = await inSteps(
    doubling(50),
    ({ value }, step, stop) => {
      seen.push(value.data[0] as number);
      if (step === 2) stop();
    },
    finished,
  );
  expect(seen).toEqual([1, 2, 4]);
  expect(found).toBe(8);
});

test('a step that throws, a reader that throws and an abort leave no tensor', async () => {
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  const failing = {
    ...doubling(5),
    step: () => {
      throw new Error('no step');
    },
  };
  await expect(inSteps(failing, () => {}, finished)).rejects.toThrow('no step');
  await expect(
    inSteps(
      doubling(5),
      () => {
        throw new Error('no reader');
      },
      finished,
    ),
  ).rejects.toThrow('no reader');
  const aborted = inSteps(
    doubling(5, controller.signal),
    (_, step) => step === 2 && controller.abort('enough'),
    finished,
  );
  await expect(aborted).rejects.toBe('enough');
  expect(tf.memory().numTensors).toBe(before);
});

test('what a step hands on unchanged stays alive', async () => {
  const constant = inSteps(
    {
      start: () => [tf.tensor1d([1]), tf.tensor1d([3])],
      last: 3,
      step: ([sum, by]) => ({ next: [tf.add(sum as tf.Tensor, by as tf.Tensor), by as tf.Tensor], read: {} }),
    },
    () => {},
    finished,
  );
  expect(await constant).toBe(13);
});
