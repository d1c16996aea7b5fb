import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers as l, model as modelFrom } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { edgeMap, gradient, gradientTimesInput, randomMap } from '../../src/attribution/index.ts';
import {
  type Evaluation,
  evaluate,
  faithfulnessEstimate,
  type Metric,
  maxSensitivity,
  pointingGame,
  sensitivityN,
  sparseness,
} from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { report } from '../../src/render/report.ts';
import { targets } from '../../src/scoring/index.ts';
import type { ScoreFunction, Target } from '../../src/scoring/types.ts';
import { apply, conv, inputsOf, randomized } from '../oracle/building.ts';
import { linearModel } from '../support/linearModel.ts';
import { fixtureModel } from '../support/models.ts';

const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, random(2).normal) };
let model: LayersModel;
beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
});
afterAll(() => model.dispose());

const explainers = { gradient, edges: edgeMap };
const mask = { shape: [2, 16, 16], data: Uint8Array.from({ length: 512 }, (_, i) => Number(i < 40)) };
const metrics: Record<string, Metric> = {
  sparseness: (_model, _x, { attribution }) => sparseness(attribution),
  // The second example has no object.
  pointing: (_model, _x, { attribution }) => pointingGame(attribution, mask, { tolerance: 0 }),
  nothing: (_model, _x, { attribution }) => pointingGame(attribution, { ...mask, data: new Uint8Array(512) }),
  sensitivity: (network, input, options) => maxSensitivity(network, input, { ...options, samples: 2 }),
};

test('evaluate(…): every score by explainer and metric, and their means as a table', async () => {
  const { columns, rows, results } = await evaluate({ model, x, explainers, metrics });
  expect(columns).toEqual(['explainer', 'sparseness ↑', 'pointing ↑', 'nothing ↑', 'sensitivity ↓']);
  expect(rows.map(([name]) => name)).toEqual(['gradient', 'edges']);
  const { values } = await gradient(model, x);
  expect(results.gradient?.sparseness).toEqual(sparseness(values));
  expect(results.gradient?.sensitivity).toEqual(await maxSensitivity(model, x, { explainer: gradient, samples: 2 }));
  const [first, second] = [...(results.gradient?.sparseness?.score ?? [])] as [number, number];
  expect(rows[0]?.[1]).toBeCloseTo((first + second) / 2, 6);
  expect(rows[0]?.[2]).toBe(results.gradient?.pointing?.score[0]);
  expect(rows[0]?.[3]).toBeNull();
  expect(structuredClone(results)).toEqual(results);
});

test('report([{ title, table: await evaluate(…) }]) shows it', async () => {
  const table = await evaluate({
    model,
    x,
    explainers: { edges: edgeMap },
    metrics: { nothing: metrics.nothing as Metric },
  });
  const html = report([{ title: 'Maps', table }]);
  expect(html).toContain('<th>explainer</th><th class="number">nothing ↑</th>');
  expect(html).toContain('<td>edges</td><td class="number">–</td>');
});

test('evaluate(…) fixes the target and hands on seed, batch size and signal', async () => {
  const controller = new AbortController();
  const seen: unknown[] = [];
  const spy: Metric = (_model, _x, { attribution, explainer, ...options }) => {
    seen.push(options);
    expect(explainer).toBe(randomMap);
    return sparseness(attribution);
  };
  const run = { seed: 4, batchSize: 2, signal: controller.signal };
  const { target } = await gradient(model, x);
  await evaluate({ model, x, explainers: { randomMap }, metrics: { spy }, ...run });
  await evaluate({ model, x, explainers: { randomMap }, metrics: { spy }, target: 3, ...run });
  expect(seen).toEqual([
    { ...run, target: [...(target as Int32Array)] },
    { ...run, target: 3 },
  ]);
});

test('evaluate(…) counts its steps and stops between them', async () => {
  const stages: string[] = [];
  const reason = new Error('enough');
  const controller = new AbortController();
  const all: Evaluation = { model, x, explainers, metrics: { sparseness: metrics.sparseness as Metric } };
  await evaluate({ ...all, onProgress: ({ stage, done, total }) => stages.push(`${done}/${total} ${stage}`) });
  expect(stages).toEqual(['1/4 gradient', '2/4 gradient: sparseness', '3/4 edges', '4/4 edges: sparseness']);
  const onProgress = (): void => controller.abort(reason);
  await expect(evaluate({ ...all, signal: controller.signal, onProgress })).rejects.toBe(reason);
  await expect(evaluate({ ...all, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('what is no function is named', async () => {
  const wrong = { gradient: 'gradient' } as unknown as Evaluation['explainers'];
  await expect(evaluate({ model, x, explainers: wrong, metrics })).rejects.toThrow(
    '"explainers.gradient" expected a function, got "gradient"',
  );
  const none = undefined as unknown as Evaluation['metrics'];
  await expect(evaluate({ model, x, explainers, metrics: none })).rejects.toThrow(
    '"metrics" expected an object, got undefined',
  );
});

test('the exact explanation of a linear score comes before a random one', async () => {
  const shape = [8, 8, 1];
  const weights = Array.from({ length: 64 }, random(9).normal);
  const linear = linearModel(shape, weights);
  const pictures = { shape: [3, ...shape], data: Float32Array.from({ length: 192 }, random(10).normal) };
  const { rows } = await evaluate({
    model: linear,
    x: pictures,
    explainers: { exact: gradientTimesInput, random: randomMap },
    metrics: {
      sensitivityN: (network, input, options) =>
        sensitivityN(network, input, { ...options, samples: 20, sizes: [4, 16] }),
      faithfulnessEstimate,
    },
  });
  const [exact, chance] = rows as [[string, number, number], [string, number, number]];
  expect(exact[1]).toBeCloseTo(1, 4);
  expect(exact[2]).toBeGreaterThan(0.95);
  expect(Math.abs(chance[1])).toBeLessThan(0.4);
  linear.dispose();
});

describe('evaluate(…) and metrics measure exactly what was explained', () => {
  const region = { shape: [3, 4], data: Uint8Array.from({ length: 12 }, (_, i) => Number(i > 5)) };
  const score: ScoreFunction = ([logits]) => tf.sum(tf.mul(logits as tf.Tensor, tf.tensor1d([1, -2, 0.5])), -1);
  const summed: ScoreFunction = ([maps]) => tf.sum(tf.mul(maps as tf.Tensor, tf.tensor1d([1, -2])), [1, 2, 3]);
  const cases: readonly [string, Target][] = [
    ['a contrast', { class: 1, minus: 2 }],
    ['a contrast with the predicted classes', { class: 'predicted' as unknown as number, minus: 'rest' }],
    ['a unit', { layer: 'conv', unit: 1, position: 'sum' }],
    ['a target of an output', { output: 0, target: { class: 0, minus: 'rest' } }],
    ['a region', targets.mask(1, region)],
    ['a region of an output', { output: 'maps', target: targets.mask(0, region, { reduce: 'sum' }) }],
    ['a function', (outputs, example) => score(outputs, example)],
    ['a function of an output', { output: 'maps', target: summed }],
    ['layers', { layers: ['conv'], score: ([value]) => tf.sum(value as tf.Tensor, [1, 2, 3]) }],
  ];
  let network: LayersModel;
  let pictures: NdArray;
  beforeAll(() => {
    // No activation: every score is linear, so that exact contributions correlate with what is lost.
    const picture = input({ shape: [3, 4, 2] });
    const features = apply(conv({ name: 'conv', padding: 'same' }), picture);
    const maps = apply(l.conv2d({ filters: 2, kernelSize: 1, name: 'maps' }), features);
    const logits = apply(l.dense({ units: 3, name: 'logits' }), apply(l.flatten(), features));
    network = randomized(modelFrom({ inputs: picture, outputs: [logits, maps] }), 3);
    [pictures] = inputsOf(network, 2, 4) as [NdArray];
  });
  afterAll(() => network.dispose());

  test.each(cases)('%s', async (_, target) => {
    const given: Metric = async (model, x, options) =>
      faithfulnessEstimate(model, x, { ...options, target: options.target ?? 'predicted' });
    const { results } = await evaluate({
      model: network,
      x: pictures,
      target,
      explainers: { exact: gradientTimesInput },
      metrics: { faithfulnessEstimate, given, maxSensitivity },
    });
    const found = results['exact'];
    found?.['faithfulnessEstimate']?.score.forEach((value) => expect(value).toBeCloseTo(1, 4));
    expect(found?.['given']).toEqual(found?.['faithfulnessEstimate']);
    const attribution = await gradientTimesInput(network, pictures, { target });
    const own = faithfulnessEstimate(network, pictures, { attribution });
    if (attribution.explained.target === 'function') {
      await expect(own).rejects.toThrow('"target" expected what "attribution" explains, which is a function, got none');
      const again = await faithfulnessEstimate(network, pictures, { attribution, target });
      expect(again).toEqual(found?.['faithfulnessEstimate']);
    } else expect(await own).toEqual(found?.['faithfulnessEstimate']);
  });
});
