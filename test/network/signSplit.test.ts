import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { Operation } from '../../src/network/graph/operation.ts';
import { signSplit } from '../../src/network/walk/signSplit.ts';
import { chain, free, inputsOf, picture, randomized } from '../oracle/building.ts';

test('signSplit(operation): both parts, kept as long as the weights stay', async () => {
  const model = randomized(chain(picture, l.conv2d({ filters: 3, kernelSize: 2 })));
  const network = compile(model);
  const [operation] = network.operations as [Operation];
  const first = signSplit(operation);
  const [positive, negative] = [first.positive['kernel'], first.negative['kernel']] as [tf.Tensor, tf.Tensor];
  const weights = await (operation.parameters['kernel'] as tf.Tensor).data();
  expect(await numbersOf(positive)).toEqual(Array.from(weights, (w) => Math.max(w, 0)));
  expect(await numbersOf(negative)).toEqual(Array.from(weights, (w) => Math.min(w, 0)));
  expect(Object.keys(first.positive)).toEqual(['kernel']);
  expect(signSplit(operation).positive['kernel']).toBe(positive);

  const [x] = inputsOf(model, 1);
  tf.tidy(() => {
    model.setWeights(model.getWeights().map((weight) => tf.neg(weight)));
    network.forward([tf.tensor((x as NonNullable<typeof x>).data, [1, ...picture])]);
  });
  expect(positive.isDisposed).toBe(true);
  expect(await numbersOf(signSplit(operation).positive['kernel'] as tf.Tensor)).toEqual(
    Array.from(weights, (w) => Math.max(-w, 0)),
  );
  network.dispose();
  free(model);
});

test('signSplit(operation) refuses an operation without a kernel', () => {
  const model = chain(picture, l.maxPooling2d({ poolSize: 2, name: 'pool' }));
  expect(() => signSplit(compile(model).operations[0] as Operation)).toThrow('layer "pool" has no kernel');
});

/** The numbers of a tensor, with 0 for the −0 of some backends. */
async function numbersOf(tensor: tf.Tensor): Promise<readonly number[]> {
  return Array.from(await tensor.data(), (value) => value + 0);
}
