import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { compile } from '../../../src/network/compile.ts';
import type { Network } from '../../../src/network/network.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { layerGradients } from '../../../src/scoring/layerGradients.ts';
import { scores } from '../../../src/scoring/scores.ts';
import type { Target } from '../../../src/scoring/types.ts';
import { createObjective } from '../../../src/visualization/objectives/createObjective.ts';
import type { Objective } from '../../../src/visualization/objectives/objective.ts';
import { chain, conv, free, inputsOf, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { evaluated } from '../../support/evaluated.ts';

const count = 3;
let model: LayersModel;
let network: Network;
let x: NdArray;
beforeAll(async () => {
  model = randomized(
    chain(
      [6, 7, 2],
      conv({ name: 'conv1', activation: 'relu', filters: 4 }),
      conv({ name: 'conv2', activation: 'tanh' }),
      l.globalAveragePooling2d({ name: 'features' }),
      l.dense({ name: 'hidden', units: 5, activation: 'relu' }),
      l.dense({ name: 'scores', units: 4, activation: 'softmax' }),
    ),
  );
  network = compile(model);
  [x] = inputsOf(model, count) as [NdArray];
  // Makes the kernels that the network keeps.
  await evaluate(0);
});
afterAll(() => {
  network.dispose();
  free(model);
});

const evaluate = (objective: Objective) => evaluated(network, objective, x);

const targets: Readonly<Record<string, Target>> = {
  'a class': 1,
  'a class each': [3, 0, 1],
  'a contrast': { class: 1, minus: 'rest' },
  'a unit at a place': { layer: 'conv1', unit: 1, position: [1, 2] },
  'a unit': { layer: 'conv2', unit: 1 },
  'a direction': { layer: 'conv2', vector: [1, -2, 0.5] },
  'an output': { output: 0, target: 2 },
  layers: { layers: ['conv2', 'features'], score: ([, features]) => tf.sum(tf.square(features as tf.Tensor), 1) },
  'a function': ([output]) => tf.sum(tf.square(output), 1),
};

describe('a target', () => {
  test.each(Object.entries(targets))('%s is scored as it is explained', async (_, target) => {
    const found = await evaluate(target);
    const { values } = await scores(network, x, { target });
    await expectClose(found.score, { shape: [count], data: values });
    const input = network.inputs[0].address;
    const expected = await layerGradients(network, x, { target, layers: [input] });
    await expectClose(found.gradient, expected[input] as NdArray);
  });

  test('a unit of a layer with a ReLU is climbed before it, unless a place is said', async () => {
    const before = await activations(network, x, ['conv1@preactivation', 'hidden@preactivation', 'hidden']);
    const conv1 = await evaluate({ layer: 'conv1', unit: 2 });
    const said = await evaluate({ layer: 'conv1@preactivation', unit: 2, position: 'mean' });
    expect(conv1).toEqual(said);
    expect(await evaluate({ layer: 'conv1', unit: 2, position: 'mean' })).not.toEqual(said);
    const at = ({ shape, data }: NdArray, unit: number): number[] =>
      Array.from({ length: count }, (_, i) => data[i * (shape[1] as number) + unit] as number);
    const { score } = await evaluate({ layer: 'hidden', unit: 1 });
    await expectClose(score, { shape: [count], data: Float32Array.from(at(before['hidden@preactivation'], 1)) });
    const after = await evaluate({ layer: 'hidden', unit: 1, position: 'mean' });
    await expectClose(after.score, { shape: [count], data: Float32Array.from(at(before.hidden, 1)) });
    const tanh = await evaluate({ layer: 'conv2', unit: 1 });
    expect(tanh).toEqual(await evaluate({ layer: 'conv2', unit: 1, position: 'mean' }));
  });
});

describe('sums and parts', () => {
  const first: Objective = { layer: 'conv2', unit: 0 };
  const second: Objective = 3;
  const squares: Objective = {
    picture: (pictures) => tf.sum(tf.square(tf.reshape(pictures, [count, -1])), 1) as never,
  };

  test('a sum is the sum of its parts times their weights, nested ones too', async () => {
    const parts = await Promise.all([first, second, squares].map(evaluate));
    const nested: Objective = {
      sum: [
        [2, first],
        [
          -0.5,
          {
            sum: [
              [1, second],
              [3, squares],
              [1, first],
            ],
          },
        ],
      ],
    };
    const found = await evaluate(nested);
    const total = ([one, two, three]: readonly NdArray[]): NdArray => ({
      ...(one as NdArray),
      data: (one as NdArray).data.map(
        (value, i) => 1.5 * value - 0.5 * (two?.data[i] as number) - 1.5 * (three?.data[i] as number),
      ),
    });
    await expectClose(found.score, total(parts.map(({ score }) => score)));
    await expectClose(found.gradient, total(parts.map(({ gradient }) => gradient)));
  });

  test('an objective for some pictures leaves the others alone, and sees no other', async () => {
    const whole = await evaluate(first);
    for (const pictures of [[1], [2, 0], [0, 1, 2]]) {
      const { score, gradient } = await evaluate({ pictures, objective: first });
      const kept = (values: NdArray): NdArray => {
        const size = values.data.length / count;
        return { ...values, data: values.data.map((v, i) => (pictures.includes(Math.floor(i / size)) ? v : 0)) };
      };
      await expectClose(score, kept(whole.score));
      await expectClose(gradient, kept(whole.gradient));
    }
    const seen: number[][] = [];
    const looking: Objective = {
      picture(pictures) {
        seen.push(pictures.shape);
        return tf.sum(tf.reshape(pictures, [pictures.shape[0], -1]), 1) as tf.Tensor1D;
      },
    };
    const { gradient } = await evaluate({ pictures: [2, 0], objective: looking });
    expect(seen.every(([rows]) => rows === 2)).toBe(true);
    expect(gradient.data[0]).toBe(1);
    expect(gradient.data[gradient.data.length / count]).toBe(0);
    // A class for each of the pictures that it is for.
    await expectClose(
      (await evaluate({ pictures: [2, 0], objective: [1, 3] })).score,
      (
        await evaluate({
          sum: [
            [1, { pictures: [0], objective: 3 }],
            [1, { pictures: [2], objective: 1 }],
          ],
        })
      ).score,
    );
  });

  test('a score of pictures brings its gradient, or the tape finds it', async () => {
    const given: Objective = {
      picture: (pictures) => ({
        value: tf.sum(tf.square(tf.reshape(pictures, [count, -1])), 1) as tf.Tensor1D,
        gradient: tf.mul(pictures, 2),
      }),
    };
    const [a, b] = [await evaluate(given), await evaluate(squares)];
    await expectClose(a.score, b.score);
    await expectClose(a.gradient, b.gradient);
    const constant = await evaluate({ picture: ({ shape: [n] }) => tf.ones([n]) });
    expect(new Set(constant.gradient.data)).toEqual(new Set([0]));
  });
});

describe('what is refused', () => {
  test.each<[string, unknown, string]>([
    ['what is predicted', 'predicted', 'a class, since what is predicted changes with the picture, got "predicted"'],
    ['what is predicted of an output', { output: 0, target: 'predicted' }, 'a class, since what is predicted'],
    ['what is predicted in a sum', { sum: [[1, 'predicted']] }, 'a class, since what is predicted'],
    ['nothing', undefined, '"objective" expected a target or another objective, got undefined'],
    ['an unknown layer', { layer: 'conv9', unit: 0 }, '"objective.layer" expected the address of a layer, got "conv9"'],
    ['an unknown unit', { layer: 'conv2', unit: 9 }, '"objective.unit" expected an integer in 0..2, got 9'],
    ['an unknown class', 7, '"objective" expected an integer in 0..3, got 7'],
    ['classes for another number', [1, 2], '"objective" expected one class for each of 3 example(s), got 2'],
    ['a short direction', { layer: 'conv2', vector: [1] }, '"objective.vector" expected 3 numbers'],
    ['an empty sum', { sum: [] }, '"objective.sum" expected a list with elements, got []'],
    ['a sum without weights', { sum: [3, 4] }, '"objective.sum[0]" expected [weight, objective], got 3'],
    ['NaN as weight', { sum: [[Number.NaN, 3]] }, '"objective.sum[0][0]" expected a finite number, got NaN'],
    [
      'a picture that is not there',
      { pictures: [3], objective: 1 },
      '"objective.pictures[0]" expected an integer in 0..2',
    ],
    [
      'a picture twice',
      { pictures: [1, 1], objective: 1 },
      '"objective.pictures" expected each picture once, got 1 twice',
    ],
    ['no pictures', { pictures: [], objective: 1 }, '"objective.pictures" expected a list with elements'],
    ['no function', { picture: 3 }, '"objective.picture" expected a function, got 3'],
    ['a number for all', { picture: () => tf.scalar(1) }, 'returns shape [3], a score for each picture, got []'],
    ['a number', { picture: () => 1 }, 'returns shape [3], a score for each picture, got 1'],
    [
      'a gradient of another shape',
      { picture: () => ({ value: tf.zeros([3]), gradient: tf.zeros([3]) }) },
      'a gradient of shape [3, 6, 7, 2], got [3]',
    ],
    [
      'a score of all rows',
      { layers: ['conv2'], score: ([v]: tf.Tensor[]) => tf.sum(v as tf.Tensor) },
      '"objective" expected a function that returns shape [3], got []',
    ],
  ])('%s', async (_, objective, message) => {
    const tensors = tf.memory().numTensors;
    await expect(evaluate(objective as Objective)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('nothing is left behind', async () => {
    await evaluate(3);
    const tensors = tf.memory().numTensors;
    await evaluate({
      sum: [
        [1, 3],
        [2, { picture: (p) => tf.sum(tf.reshape(p, [count, -1]), 1) as tf.Tensor1D }],
      ],
    });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(() => createObjective(network, 9, count)).toThrow();
  });
});
