import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import { withNetwork } from '../../src/network/withNetwork.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type PerturbationOptions, perturbedScores } from '../../src/scoring/perturbedScores.ts';
import { scores } from '../../src/scoring/scores.ts';
import type { Target } from '../../src/scoring/types.ts';
import { classifier, free, inputsOf } from '../oracle/building.ts';
import { contributions, linearModel } from '../support/linearModel.ts';
import { pictureAndWords } from '../support/severalInputs.ts';
import { weightedOutputs } from '../support/weightedOutputs.ts';

const models: LayersModel[] = [];
let model: LayersModel;
let x: NdArray;
beforeAll(() => {
  model = classifier();
  models.push(model);
  [x] = inputsOf(model, 3, 3) as [NdArray];
});
afterAll(() => models.forEach(free));

describe('scores(model, x, { target, scale })', () => {
  test.each<[string, Target]>([
    ['predicted', 'predicted'],
    ['a class each', [3, 0, 1]],
    ['a contrast', { class: 1, minus: 'rest' }],
    ['a unit', { layer: 'conv2', unit: 1, position: 'max' }],
    ['a direction', { layer: 'conv2', vector: [1, -2, 0.5], position: 'center' }],
    ['a function', weightedOutputs],
    ['an output', { output: 0, target: 2 }],
  ])('%s: what a method explains', async (_, target) => {
    for (const scale of ['logit', 'probability'] as const) {
      const { values, target: classes, explained } = await scores(model, x, { target, scale });
      const attribution = await gradient(model, x, { target, scale });
      expect(values).toEqual(attribution.score);
      expect(classes).toEqual(attribution.target);
      expect(explained).toEqual(attribution.explained);
    }
  });

  test('counts batches, stops, and refuses what it does not know', async () => {
    const seen: unknown[] = [];
    await scores(model, x, { batchSize: 2, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { stage: 'scores', done: 2, total: 3 },
      { stage: 'scores', done: 3, total: 3 },
    ]);
    const reason = new Error('enough');
    await expect(scores(model, x, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(scores(model, x, { targets: 1 } as object)).rejects.toThrow('"options" expected some of');
    await expect(scores(model, x, null as never)).rejects.toThrow('"options" expected an object, got null');
  });
});

describe('perturbedScores(model, x, { samples, rows })', () => {
  const weights = Array.from({ length: 12 }, (_, i) => Math.sin(1 + i));
  let linear: LayersModel;
  let pictures: NdArray;
  beforeAll(() => {
    linear = linearModel([2, 3, 2], weights, 0.25);
    models.push(linear);
    [pictures] = inputsOf(linear, 2, 7) as [NdArray];
  });
  const alone = (masks: tf.Tensor): Pick<PerturbationOptions, 'rows'> => ({
    rows: ({ masked }, start, end) => masked(tf.slice(masks, start, end - start)),
  });

  test('what a linear score loses without a pixel is what the pixel contributes', async () => {
    const masks = tf.tidy(() => tf.reshape(tf.sub(1, tf.eye(6)), [6, 2, 3, 1]));
    const { values } = await scores(linear, pictures);
    for (const [baseline, hidden] of [
      ['zero', 0],
      [0.5, 0.5],
    ] as const) {
      const exact = contributions(pictures, weights, new Array(12).fill(hidden)).data;
      const found = await perturbedScores(linear, pictures, { samples: 6, baseline, batchSize: 4, ...alone(masks) });
      expect(found.shape).toEqual([2, 6]);
      found.data.forEach((score, k) => {
        const own = (exact[2 * k] as number) + (exact[2 * k + 1] as number);
        expect((values[Math.floor(k / 6)] as number) - score).toBeCloseTo(own, 4);
      });
    }
    masks.dispose();
  });

  test('the class predicted at x is scored in every row, and rows may be anything', async () => {
    const { target } = await scores(model, x);
    const examples: number[] = [];
    const options = {
      samples: 3,
      rows: ({ example, shown }: { example: number; shown: tf.Tensor }, start: number, end: number): tf.Tensor => {
        examples.push(example);
        const steps = Array.from({ length: end - start }, (_, i) => tf.mul(shown, -(start + i)));
        return tf.concat(steps);
      },
    };
    const found = await perturbedScores(model, x, { ...options, scale: 'probability' });
    expect(new Set(examples)).toEqual(new Set([0, 1, 2]));
    for (const step of [0, 1, 2]) {
      const moved = { shape: x.shape, data: x.data.map((value) => -step * value) };
      const { values } = await scores(model, moved, { target: target as Int32Array, scale: 'probability' });
      values.forEach((value, n) => expect(found.data[3 * n + step]).toBeCloseTo(value, 4));
    }
  });

  test('one of several inputs changes, the others stay', async () => {
    const both = pictureAndWords();
    const [picture, question] = inputsOf(both, 2, 5) as [NdArray, NdArray];
    const given = [picture, { shape: question.shape, data: question.data.map((_, i) => i % 7) }];
    const { values } = await scores(both, given, { target: 1 });
    const same = {
      samples: 2,
      target: 1,
      rows: ({ shown }: { shown: tf.Tensor }, start: number, end: number) =>
        tf.tile(shown, [end - start, ...shown.shape.slice(1).map(() => 1)]),
    };
    for (const input of [0, 1]) {
      const found = await perturbedScores(both, given, { ...same, input });
      found.data.forEach((value, k) => expect(value).toBeCloseTo(values[Math.floor(k / 2)] as number, 5));
    }
    free(both);
  });

  test('counts rows, stops, and names what is wrong', async () => {
    const seen: number[] = [];
    const rows: PerturbationOptions['rows'] = ({ masked }, start, end) => masked(tf.ones([end - start, 1, 1, 1]));
    await perturbedScores(linear, pictures, {
      samples: 3,
      batchSize: 2,
      rows,
      onProgress: ({ done }) => seen.push(done),
    });
    expect(seen).toEqual([2, 3, 5, 6]);
    const reason = new Error('enough');
    const aborted = perturbedScores(linear, pictures, { samples: 3, rows, signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    const wrong = perturbedScores(linear, pictures, { samples: 3, batchSize: 3, rows: ({ shown }) => shown });
    await expect(wrong).rejects.toThrow('"rows" expected a function that returns shape [3, 2, 3, 2], got [1, 2, 3, 2]');
    const none = perturbedScores(linear, pictures, { samples: 3 } as never);
    await expect(none).rejects.toThrow('"rows" expected a function, got undefined');
    const other = perturbedScores(linear, pictures, { samples: 3, rows, input: 1 });
    await expect(other).rejects.toThrow('"input" expected an integer in 0..0, got 1');
  });
});

describe('withNetwork(model, job)', () => {
  test('compiles once, returns what the job returns, and frees', async () => {
    let lent: Network | undefined;
    const found = await withNetwork(model, async (network) => {
      lent = network;
      const one = await scores(network, x);
      return [one, await scores(network, x)];
    });
    expect(found[0]).toEqual(found[1]);
    await expect(scores(lent as Network, x)).rejects.toThrow('disposed');
    await expect(withNetwork(model, () => 3)).resolves.toBe(3);
    await expect(withNetwork(model, 3 as never)).rejects.toThrow('"job" expected a function, got 3');
  });

  test('leaves a network that is given', async () => {
    const network = compile(model);
    await withNetwork(network, (lent) => scores(lent, x));
    expect((await scores(network, x)).values).toHaveLength(3);
    network.dispose();
  });
});
