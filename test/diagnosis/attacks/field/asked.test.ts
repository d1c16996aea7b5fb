import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { readTensor } from '../../../../src/backend/inTurn.ts';
import { lengthsOf } from '../../../../src/diagnosis/attacks/field/attackedBy.ts';
import { ballOf, projected } from '../../../../src/diagnosis/attacks/field/ball.ts';
import { inputSpace } from '../../../../src/diagnosis/attacks/field/inputSpace.ts';
import { attacks, pixelBudget } from '../../../../src/diagnosis/index.ts';
import { preprocessing } from '../../../../src/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { atOnce } from '../../../../src/numeric/sliced.ts';
import { firstGreatest } from '../../../../src/numeric/statistics.ts';
import { apply, chain, free, inputsOf, randomized } from '../../../oracle/building.ts';
import { denseModel } from '../../../oracle/denseModel.ts';
import { attackedNetwork } from '../../../support/attacked.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenCase, goldenCases } from '../../../support/goldenCases.ts';
import { expectNear } from '../../../support/near.ts';
import { pictureAndWords } from '../../../support/severalInputs.ts';

const bounds = [0, 1] as const;

/** A single dense layer with given weights. */
function dense(kernel: number[][], bias: number[], activation = 'linear') {
  return denseModel([{ kernel, bias, activation }]);
}

describe('what is refused', () => {
  const refusals: readonly [string, object, RegExp][] = [
    ['no bounds', { bounds: undefined }, /"bounds" expected \[low, high\].*got neither/],
    ['bounds and a preparation', { range: [0, 1] }, /"range" expected no preparation of pixels beside "bounds"/],
    ['bounds the wrong way', { bounds: [1, 0] }, /low < high, got 1 and 0/],
    ['bounds of too many channels', { bounds: [[0, 0], 1] }, /"bounds\[0\]" expected one number or 8/],
    ['bounds that are no numbers', { bounds: [0, Number.NaN] }, /"bounds\[1\]\[0\]" expected a finite number/],
    ['an input that leaves its bounds', { bounds: [0, 0.5] }, /"x" expected values in 0\.\.0\.5, the bounds, got/],
    ['no budget', { epsilon: undefined }, /"epsilon" expected/],
    ['a budget below 0', { epsilon: -0.1 }, /"epsilon" expected a finite number of at least 0, got -0\.1/],
    ['a budget that is none', { epsilon: Number.NaN }, /"epsilon" expected a finite number/],
    ['a budget of too few channels', { epsilon: [0.1, 0.1] }, /"epsilon" expected a number, or one for each of 8/],
    ['a budget of channels in the Euclidean norm', { norm: 'l2', epsilon: [0.1] }, /"epsilon" expected a number, got/],
    ['a step below 0', { stepSize: -1 }, /"stepSize" expected a finite number of at least 0/],
    ['no steps', { steps: 0 }, /"steps" expected/],
    ['an unknown norm', { norm: 'l1' }, /"norm" expected/],
    ['an unknown loss', { loss: 'ce' }, /"loss" expected/],
    ['labels of another number', { label: [0, 1] }, /"label" expected/],
    ['a label that is no class', { label: 5 }, /"label" expected/],
    ['a goal that is no class', { criterion: { target: -1 } }, /"criterion.target" expected/],
    ['a goal that is the label', { label: 2, criterion: { target: 2 } }, /another class than "label", got 2 for both/],
    ['a criterion that is none', { criterion: 'wrong' }, /"criterion" expected/],
    ['an output that there is not', { output: 3 }, /"output" expected/],
    ['an input that there is not', { input: 1 }, /"input" expected/],
    ['an option that there is not', { epsilons: 1 }, /"options" expected some of epsilon/],
    ['goals of both kinds', { targets: 2, criterion: { target: 1 } }, /"targets" expected only without/],
  ];

  test.each(refusals)('%s', async (_, settings, message) => {
    const { model, x } = attackedNetwork([8, 10, 5], { seed: 2, count: 3 });
    const attack = 'targets' in settings ? attacks.apgd : attacks.pgd;
    const options = { bounds, epsilon: 0.1, ...settings } as { bounds: typeof bounds; epsilon: number };
    await expect(attack(model, x, options)).rejects.toThrow(message);
    free(model);
  });

  test('a single class, and too few for the loss', async () => {
    const one = randomized(chain([4], l.dense({ units: 1, activation: 'linear' })));
    const x = { shape: [1, 4], data: new Float32Array(4).fill(0.5) };
    await expect(attacks.fgsm(one, x, { bounds, epsilon: 0.1 })).rejects.toThrow(
      /"output" expected at least two classes/,
    );
    free(one);
    for (const [units, criterion] of [
      [2, 'misclassified'],
      [3, { target: 1 }],
    ] as const) {
      const few = randomized(chain([4], l.dense({ units })), 4);
      const options = { bounds, epsilon: 0.1, loss: 'dlr', label: 0, criterion } as const;
      await expect(attacks.pgd(few, x, options)).rejects.toThrow(/"loss" expected 'crossEntropy' or 'margin'/);
      free(few);
    }
  });

  test('words, between which nothing lies', async () => {
    const model = pictureAndWords();
    const x = [...inputsOf(model)];
    x[1] = { shape: [2, 4], data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 0]) };
    const options = { bounds: [-1, 1], epsilon: 0.1, input: 1 } as const;
    await expect(attacks.fgsm(model, x, options)).rejects.toThrow(/"input" expected an input of numbers/);
    free(model);
  });
});

describe('what is attacked', () => {
  test('of several inputs the one that is asked for', async () => {
    const model = pictureAndWords();
    const x = [...inputsOf(model)] as NdArray[];
    x[0] = { shape: [2, 6, 7, 2], data: Float32Array.from({ length: 168 }, (_, i) => Math.sin(i)) };
    x[1] = { shape: [2, 4], data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 0]) };
    const { adversarial, history } = await attacks.bim(model, x, { bounds: [-1, 1], epsilon: 0.1, steps: 3 });
    expect(adversarial.shape).toEqual([2, 6, 7, 2]);
    const { data } = history as NdArray;
    expect(data[6]).toBeGreaterThan(data[0] as number);
    free(model);
  });

  test('a pair of classes in one unit, as two units would have it', async () => {
    const x = { shape: [3, 4], data: Float32Array.from([0.1, 0.9, 0.4, 0.6, 0.3, 0.2, 0.8, 0.5, 0.9, 0.1, 0.7, 0.2]) };
    const weights = [0.9, -1.2, 0.4, 0.7];
    const probability = dense(
      weights.map((w) => [w]),
      [0.1],
      'sigmoid',
    );
    const two = dense(
      weights.map((w) => [-w / 2, w / 2]),
      [-0.05, 0.05],
    );
    const options = { bounds, epsilon: 0.2, steps: 5 } as const;
    const expected = await attacks.bim(two, x, options);
    const found = await attacks.bim(probability, x, options);
    await expectClose(found.adversarial, expected.adversarial, { tolerance: 1e-6 });
    await expectClose(found.history as NdArray, expected.history as NdArray);
    expectNear(found.confidence.after, expected.confidence.after, 1e-5);
    expect([found.label, found.success]).toEqual([expected.label, expected.success]);
    [probability, two].forEach(free);
  });

  test('probabilities, as the logits before them would have it', async () => {
    const { model, layers, x } = attackedNetwork([8, 10, 5], { seed: 2, count: 4 });
    const soft = denseModel(layers.map((layer, i) => (i === 1 ? { ...layer, activation: 'softmax' } : layer)));
    const options = { bounds, epsilon: 0.1, steps: 5 } as const;
    const [expected, found] = [await attacks.bim(model, x, options), await attacks.bim(soft, x, options)];
    await expectClose(found.adversarial, expected.adversarial, { tolerance: 1e-5 });
    await expectClose(found.history as NdArray, expected.history as NdArray);
    [model, soft].forEach(free);
  });

  test('of several outputs the one that is asked for', async () => {
    const { model: chained, layers, x } = attackedNetwork([8, 10, 5], { seed: 2, count: 4 });
    const input = tfl.input({ shape: [8] });
    const ends = layers.map(({ bias }) => apply(l.dense({ units: bias.length }), input));
    const model = randomized(tfl.model({ inputs: input, outputs: ends }), 4);
    for (const [output, units] of [
      [0, 10],
      [1, 5],
    ] as const) {
      const { label } = await attacks.fgsm(model, x, { bounds, epsilon: 0.1, output });
      const outputs = tf.tidy(() => model.predict(tf.tensor(x.data, [4, 8])) as tf.Tensor[]);
      const values = await Promise.all(outputs.map(readTensor));
      tf.dispose(outputs);
      const { shape, data } = values[output] as NdArray;
      expect(shape).toEqual([4, units]);
      expect([...label]).toEqual([0, 1, 2, 3].map((row) => firstGreatest(data.slice(row * units, (row + 1) * units))));
    }
    [model, chained].forEach(free);
  });

  test('one that is wrong from the start stays as it is', async () => {
    const { model, x } = attackedNetwork([8, 10, 5], { seed: 2, count: 4 });
    const { label } = await attacks.fgsm(model, x, { bounds, epsilon: 0 });
    const other = [...label].map((mine, i) => (i % 2 ? mine : (mine + 1) % 5));
    const found = await attacks.pgd(model, x, { bounds, epsilon: 0.1, steps: 3, label: other });
    expect(found.initial).toEqual([true, false, true, false]);
    expect([found.success[0], found.distance[0], found.queries[0], found.gradients[0]]).toEqual([true, 0, 0, 0]);
    expect(found.adversarial.data.slice(0, 8)).toEqual(x.data.slice(0, 8));
    expect([found.queries[1], found.gradients[1]]).toEqual([4, 3]);
    const { data } = found.history as NdArray;
    expect([...data].map(Number.isNaN)).toEqual([0, 1, 2, 3].flatMap(() => [true, false, true, false]));
    free(model);
  });
});

describe('what is said of a result', () => {
  test('whether it survives rounding to pixels', async () => {
    // The first class wins where x₀ < 0.4995 of a shade more than the half of 255: what is changed by less is rounded back.
    const model = dense([[-300, 300]], [(300 * 128.4) / 255, (-300 * 128.4) / 255]);
    const x = { shape: [1, 1], data: Float32Array.of(128 / 255) };
    const [little, enough] = [0.45, 1.6].map((shades) => ({ bounds, epsilon: shades / 255 }));
    for (const [options, rounded] of [
      [little, false],
      [enough, true],
    ] as const) {
      const found = await attacks.fgsm(model, x, options as { bounds: typeof bounds; epsilon: number });
      expect([found.success, found.rounded]).toEqual([[true], [rounded]]);
    }
    free(model);
  });

  test('how large a change is, in every norm', async () => {
    const golden = (await goldenCases('diagnosis')).ofMethod('clip-perturbation')[0] as GoldenCase;
    const { arrayOf } = await goldenCases('diagnosis');
    const delta = (await arrayOf(golden.inputs['delta'])) as NdArray;
    const lengths = atOnce(lengthsOf(delta, { shape: delta.shape, data: new Float32Array(delta.data.length) }));
    for (const norm of ['l0', 'l1', 'l2', 'linf'] as const)
      expectNear(lengths[norm], golden.expected[norm] as number[], 1e-5);
    const ball = ballOf('l2', golden.params['epsilon'] as number, inputSpace({ bounds: [-10, 10] }, 12));
    const clipped = tf.tidy(() => {
      const moved = tf.tensor(delta.data, [...delta.shape]);
      return projected(moved, tf.zerosLike(moved), ball);
    });
    await expectClose(clipped, (await arrayOf(golden.outputs['clipped'])) as NdArray, { tolerance: 1e-6 });
    clipped.dispose();
  });

  test('a budget in pixels, in the numbers of a model', () => {
    expect(pixelBudget(4, { range: [-1, 1] })).toBeCloseTo(8 / 255, 6);
    const lengths = pixelBudget(255, { preprocessing: preprocessing.torchvision }) as readonly number[];
    [0.229, 0.224, 0.225].forEach((std, i) => expect(lengths[i]).toBeCloseTo(1 / std, 4));
  });
});
