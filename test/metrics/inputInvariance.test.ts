import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradCam, gradient, gradientTimesInput, integratedGradients } from '../../src/attribution/index.ts';
import { inputInvariance } from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { Attribution, Explainer } from '../../src/scoring/types.ts';
import { chain, conv, free, norm, randomized } from '../oracle/building.ts';
import { thorough } from '../support/backend.ts';
import { fixtureModel } from '../support/models.ts';

const pictures = (shape: readonly number[], count = 2): NdArray => ({
  shape: [count, ...shape],
  data: Float32Array.from({ length: count * shape.reduce((product, side) => product * side, 1) }, random(3).normal),
});

/** What an explainer was given and what it found. */
function watched(explainer: Explainer): { calls: { x: NdArray; found: Attribution }[]; explainer: Explainer } {
  const calls: { x: NdArray; found: Attribution }[] = [];
  return {
    calls,
    explainer: async (model, x, options) => {
      const found = await explainer(model, x, options);
      calls.push({ x: x as NdArray, found });
      return found;
    },
  };
}

const models: readonly [string, () => Promise<LayersModel>, readonly number[]][] = [
  ['vgg-tiny, whose first layer pads', () => fixtureModel('vgg-tiny'), [16, 16, 3]],
  ['bn-residual-tiny', () => fixtureModel('bn-residual-tiny'), [20, 20, 3]],
  ['mobile-tiny', () => fixtureModel('mobile-tiny'), [24, 24, 3]],
  ['inception-tiny, with several first layers', () => fixtureModel('inception-tiny'), [15, 17, 3]],
  [
    'normalisation first',
    async () => randomized(chain([5, 6, 2], norm(), conv({ activation: 'relu' }), l.flatten(), l.dense({ units: 3 }))),
    [5, 6, 2],
  ],
  [
    'padding before a convolution',
    async () =>
      randomized(
        chain(
          [5, 6, 2],
          l.zeroPadding2d({ padding: 1 }),
          conv({ activation: 'relu', strides: 2 }),
          norm(),
          l.flatten(),
          l.dense({ units: 3 }),
        ),
      ),
    [5, 6, 2],
  ],
  [
    'a depthwise convolution, no bias',
    async () =>
      randomized(
        chain(
          [5, 6, 2],
          l.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }),
          l.reLU(),
          l.flatten(),
          l.dense({ units: 3 }),
        ),
      ),
    [5, 6, 2],
  ],
  ['dense', async () => randomized(chain([7], l.dense({ units: 4, activation: 'tanh' }), l.dense({ units: 2 }))), [7]],
];

describe.each(thorough ? models : models.slice(0, 1))('%s', (_, build, shape) => {
  test('the shifted network gives the same score for the shifted input; the gradient does not change', async () => {
    const model = await build();
    const x = pictures(shape);
    const shift = Array.from({ length: shape.at(-1) as number }, (_, channel) => channel - 0.4);
    const { calls, explainer } = watched(gradient);
    const { score, higherIsBetter } = await inputInvariance(model, x, { explainer, shift });
    const [plain, moved] = calls as [(typeof calls)[0], (typeof calls)[0]];
    moved.x.data.forEach((value, i) =>
      expect(value).toBeCloseTo((x.data[i] as number) + (shift[i % shift.length] as number), 5),
    );
    moved.found.score.forEach((value, i) => expect(value).toBeCloseTo(plain.found.score[i] as number, 4));
    expect(moved.found.target).toEqual(plain.found.target);
    score.forEach((value) => expect(value).toBeLessThan(1e-3));
    expect(higherIsBetter).toBe(false);
    free(model);
  });
});

test.runIf(thorough)('gradient × input and integrated gradients from zero fail, Grad-CAM passes', async () => {
  const model = await fixtureModel('vgg-tiny');
  const x = pictures([16, 16, 3], 1);
  const path: Explainer = (network, input, options) => integratedGradients(network, input, { ...options, steps: 5 });
  const scoreOf = async (explainer: Explainer): Promise<number> =>
    (await inputInvariance(model, x, { explainer })).score[0] as number;
  expect(await scoreOf(gradientTimesInput)).toBeGreaterThan(0.3);
  expect(await scoreOf(path)).toBeGreaterThan(0.3);
  expect(await scoreOf(gradCam)).toBeLessThan(1e-4);
  model.dispose();
});

test('gradient × input of a dense score: the change is that of w m', async () => {
  const model = chain([2], l.dense({ units: 1, name: 'only' }));
  tf.tidy(() => model.setWeights([tf.tensor2d([3, -4], [2, 1]), tf.tensor1d([1])]));
  const x = { shape: [1, 2], data: Float32Array.of(1, 2) };
  // (3, −8) becomes (3 · 3, −4 · 1).
  const { score } = await inputInvariance(model, x, { explainer: gradientTimesInput, shift: [2, -1] });
  expect(score[0]).toBeCloseTo(Math.hypot(6, 4) / Math.hypot(3, 8), 5);
  free(model);
});

test.each([
  [[5], 'a finite number', { shift: Number.NaN }],
  [[5], '"shift" expected a number or one for each of 5 channel(s), got [1, 2]', { shift: [1, 2] }],
])('%o: %s is refused', async (shape, message, options) => {
  const model = randomized(chain(shape, l.dense({ units: 2 })));
  await expect(inputInvariance(model, pictures(shape), { explainer: gradient, ...options })).rejects.toThrow(message);
  free(model);
});

test('a layer that is not linear before the first bias is named', async () => {
  const model = randomized(chain([5], l.activation({ activation: 'tanh', name: 'bent' }), l.dense({ units: 2 })));
  await expect(inputInvariance(model, pictures([5]), { explainer: gradient })).rejects.toThrow(
    'a shift of the input cannot be made up for behind layer "bent" (Activation), which is not linear',
  );
  free(model);
});
