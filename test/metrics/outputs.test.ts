import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { averageDrop, deletion, insertion, type MetricResult } from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { apply, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';
import { anyMap, mapMetrics } from '../support/metrics.ts';

const activations = ['linear', 'relu', 'tanh', 'softplus', 'softmax', 'mean of softmaxes'] as const;
type Activation = (typeof activations)[number];

/** The metrics that their papers define on probabilities, or on any score: these explain a softmax as it is. */
const onProbabilities = [
  'deletion',
  'insertion',
  'irof',
  'road',
  'monotonicity',
  'averageDrop',
  'increaseInConfidence',
];

/** A model of pictures of 16 × 16 that ends in three classes or values. */
function ending(activation: Activation): LayersModel {
  const x = input({ shape: [16, 16, 2] });
  const flat = apply(l.flatten(), apply(l.averagePooling2d({ poolSize: 4 }), x));
  const last = (kind: 'linear'): SymbolicTensor => apply(l.dense({ units: 3, activation: kind }), flat);
  const end =
    activation === 'mean of softmaxes'
      ? apply(l.average(), [last('softmax' as 'linear'), last('softmax' as 'linear')])
      : last(activation as 'linear');
  return randomized(modelOf({ inputs: x, outputs: end }), 1);
}

const target = 0;
const firstUnit = ([y]: readonly Tensor[]): Tensor => tf.squeeze(tf.slice(y as Tensor, [0, 0], [-1, 1]), [1]);

describe.each(activations)('metrics of a model that ends in %s', (activation) => {
  const judged = Object.keys(mapMetrics).filter(
    (name) => name !== 'averageGain' && (activation !== 'softmax' || onProbabilities.includes(name)),
  );
  test.each(judged)('%s follows the output as it is', async (name) => {
    const model = ending(activation);
    const [x] = inputsOf(model, 2, 2) as [NdArray];
    const metric = mapMetrics[name] as (typeof mapMetrics)[string];
    const attribution = anyMap(x);
    const found = await metric(model, x, { attribution, target });
    const asItIs = await metric(model, x, { attribution, target: firstUnit });
    await expectSame(found, asItIs);
    free(model);
  });

  test('the ends of curves and what is left of the output are those of tfjs', async () => {
    const model = ending(activation);
    const [x] = inputsOf(model, 1, 2) as [NdArray];
    const half = x.data.map((value, i) => (i < x.data.length / 2 ? value : 0));
    const [whole, seen, nothing] = await byTfjs(model, x, half);
    // The upper half of the picture is relevant.
    const attribution: NdArray = { shape: [1, 16, 16], data: new Float32Array(256).fill(1, 0, 128) };
    const options = { attribution, target, perStep: 128, baseline: 'zero' } as const;
    const points = (await insertion(model, x, options)).curve as NdArray;
    await expectClose(points, { shape: [1, 3], data: Float32Array.of(nothing, seen, whole) });
    const [first, , last] = (await deletion(model, x, options)).curve?.data ?? [];
    expect(first).toBeCloseTo(whole, 4);
    expect(last).toBeCloseTo(nothing, 4);
    const { perStep: _, ...shown } = options;
    const { score } = await averageDrop(model, x, shown);
    expect(score[0]).toBeCloseTo(Math.max(whole - seen, 0) / Math.abs(whole), 4);
    const gain = averageDrop(model, x, { ...shown, kind: 'gain' });
    if (whole >= 0 && whole <= 1) {
      expect((await gain).score[0]).toBeCloseTo(Math.max(seen - whole, 0) / (1 - whole), 4);
    } else
      await expect(gain).rejects.toThrow(`"kind" expected 'drop' or 'increase' for scores that are no probabilities`);
    free(model);
  });
});

/** The first unit for a picture, for another, and for a black one. */
async function byTfjs(model: LayersModel, x: NdArray, half: Float32Array): Promise<[number, number, number]> {
  const pictures = [...x.data, ...half, ...new Float32Array(half.length)];
  const found = tf.tidy(() => model.predict(tf.tensor(pictures, [3, 16, 16, 2])) as Tensor);
  const data = await found.data();
  found.dispose();
  return [0, 3, 6].map((place) => data[place]) as [number, number, number];
}

async function expectSame(found: MetricResult, expected: MetricResult): Promise<void> {
  const scores = (result: MetricResult): NdArray => ({ shape: [2], data: result.score });
  await expectClose(scores(found), scores(expected), { floor: 1e-3, tolerance: 1e-4 });
  if (expected.curve) await expectClose(found.curve as NdArray, expected.curve, { floor: 1e-3, tolerance: 1e-4 });
}
