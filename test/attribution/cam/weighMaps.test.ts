import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradCam } from '../../../src/attribution/cam/gradCam.ts';
import { weighMaps } from '../../../src/attribution/cam/weighMaps.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { textNetwork } from '../../support/severalInputs.ts';

const own = weighMaps('own', ({ activations, gradients }) =>
  tf.sum(tf.mul(tf.mean(gradients, [1, 2], true), activations), 3),
);

let model: LayersModel;
let x: NdArray;
beforeAll(() => {
  model = classifier();
  [x] = inputsOf(model, 2, 3) as [NdArray];
});
afterAll(() => free(model));

test('a weighting has every option of the built-in maps', async () => {
  const options = [
    {},
    { layer: 'pool1', rectify: false, size: 'layer' },
    { target: { class: 1, minus: 'rest' }, scale: 'probability', batchSize: 2 },
    { target: { layer: 'conv2', unit: 1 } },
  ] as const;
  for (const one of options) {
    expect(await own(model, x, one)).toEqual({ ...(await gradCam(model, x, one)), method: 'own' });
  }
});

test('sequences are one row', async () => {
  const words = textNetwork();
  const [tokens] = inputsOf(words, 2, 3) as [NdArray];
  const seen: (readonly number[])[] = [];
  const spy = weighMaps('spy', ({ activations }) => {
    seen.push(activations.shape);
    return tf.sum(activations, 3);
  });
  const { values } = await spy(words, tokens, { layer: 'conv', batchSize: 2 });
  expect(seen).toEqual([[2, 1, 6, 4]]);
  expect(values.shape).toEqual([2, 8]);
  free(words);
});

test('what is wrong is named', async () => {
  expect(() => weighMaps(3 as never, () => tf.scalar(0))).toThrow('"method" expected a text, got 3');
  expect(() => weighMaps('own', 3 as never)).toThrow('"weigh" expected a function, got 3');
  const whole = weighMaps('whole', ({ activations }) => activations);
  await expect(whole(model, x, { batchSize: 2 })).rejects.toThrow(
    '"weigh" expected a function that returns maps [2, 2, 2], got [2, 2, 2, 3]',
  );
  const none = weighMaps('none', () => 3 as never);
  await expect(none(model, x)).rejects.toThrow('"weigh" expected a function that returns maps');
  await expect(own(model, x, { layers: 'pool1' } as object)).rejects.toThrow('"options" expected some of layer');
  await expect(own(model, x, { size: 'big' as 'input' })).rejects.toThrow('"size" expected one of');
});
