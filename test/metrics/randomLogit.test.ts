import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { edgeMap, gradCam, gradient, guidedBackprop } from '../../src/attribution/index.ts';
import { mapSimilarity, randomLogit } from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { Explainer } from '../../src/scoring/types.ts';
import { linearModel } from '../support/linearModel.ts';
import { fixtureModel } from '../support/models.ts';

const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, random(2).normal) };
let model: LayersModel;
beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
});
afterAll(() => model.dispose());

test('randomLogit(…) of a map that ignores the class is 1', async () => {
  for (const similarity of ['ssim', 'spearman', 'pearson', 'cosine'] as const) {
    const { score, higherIsBetter } = await randomLogit(model, x, { explainer: edgeMap, similarity });
    score.forEach((value) => expect(value).toBeCloseTo(1, 6));
    expect(higherIsBetter).toBe(false);
  }
});

test('randomLogit(…) compares the maps of the target and of the other class', async () => {
  const { score } = await randomLogit(model, x, { explainer: gradient, target: [1, 2], other: [3, 0] });
  const [map, other] = [await gradient(model, x, { target: [1, 2] }), await gradient(model, x, { target: [3, 0] })];
  expect(score).toEqual(mapSimilarity(map, other, { similarity: 'ssim' }).score);
});

test('the other class is another one, chosen by seed and example', async () => {
  const targets: (readonly number[])[] = [];
  const watching: Explainer = (network, input, options) => {
    targets.push(options?.target as readonly number[]);
    return gradCam(network, input, options);
  };
  for (let seed = 0; seed < 8; seed++) await randomLogit(model, x, { explainer: watching, target: [4, 1], seed });
  const others = targets.filter((_, i) => i % 2 === 1);
  expect(others.every(([a, b]) => a !== 4 && b !== 1)).toBe(true);
  expect(new Set(others.map(String)).size).toBeGreaterThan(3);
  expect(others.flat().every((value) => Number.isInteger(value) && value >= 0 && value < 5)).toBe(true);
});

test.each([
  ['a unit', { target: { layer: 'conv1', unit: 0 } }, '"target" expected classes, or the "other" classes'],
  ['an unknown class', { other: 9 }, '"other" expected an integer in 0..4, got 9'],
  ['an unknown similarity', { similarity: 'same' as 'ssim' }, '"similarity" expected one of'],
])('%s is refused', async (_, options, message) => {
  await expect(randomLogit(model, x, { explainer: guidedBackprop, ...options })).rejects.toThrow(message);
});

test('one class has no other', async () => {
  const single = linearModel([4], [1, 2, 3, 4]);
  const point = { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
  await expect(randomLogit(single, point, { explainer: gradient, similarity: 'cosine' })).rejects.toThrow(
    '"model" expected several classes to compare, got one',
  );
  single.dispose();
});
