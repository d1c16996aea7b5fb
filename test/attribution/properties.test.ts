import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fullGrad, gradCam, gradient, hiResCam, integratedGradients, xGradCam } from '../../src/attribution/index.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { thorough } from '../support/backend.ts';
import { methods } from '../support/methods.ts';
import { fixtureModel } from '../support/models.ts';

const networks = {
  'vgg-tiny': [16, 16],
  'bn-residual-tiny': [20, 20],
  'mobile-tiny': [24, 24],
  'inception-tiny': [15, 17],
};

function examples(count: number, [rows, columns]: readonly number[], seed = 1): NdArray {
  const shape = [count, rows as number, columns as number, 3];
  const { normal } = random(seed);
  return { shape, data: Float32Array.from({ length: count * (rows as number) * (columns as number) * 3 }, normal) };
}

function rows({ shape, data }: NdArray, start: number, end: number): NdArray {
  const size = data.length / (shape[0] as number);
  return { shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0) / scale;
}

for (const [name, plane] of Object.entries(networks).slice(0, thorough ? undefined : 1)) {
  describe(name, () => {
    let model: LayersModel;
    let network: Network;
    const x = examples(3, plane);
    // Finer-CAM compares classes, of which this network has one.
    const possible = Object.keys(methods).filter((key) => key !== 'finerCam' || name !== 'inception-tiny');

    beforeAll(async () => {
      model = await fixtureModel(name);
      network = compile(model);
      for (const key of possible) await methods[key]?.(network, x, {});
    });
    afterAll(() => {
      network.dispose();
      model.dispose();
    });

    test('integratedGradients(…, {steps: 300}) sums to F(x) − F(baseline)', async () => {
      const { values, score, delta } = await integratedGradients(network, rows(x, 0, 1), {
        rule: 'middle',
        steps: 300,
        batchSize: 50,
      });
      const zero = { shape: [1, ...plane, 3], data: new Float32Array(values.data.length) };
      const { target } = await integratedGradients(network, rows(x, 0, 1), { steps: 1 });
      const origin = await gradient(network, zero, { target: [...(target as Int32Array)] });
      const gain = (score[0] as number) - (origin.score[0] as number);
      expect(Math.abs(sum(values.data) - gain)).toBeLessThanOrEqual(0.02 * Math.abs(gain) + 1e-2);
      expect(Math.abs((delta?.[0] as number) - (sum(values.data) - gain))).toBeLessThanOrEqual(1e-3);
    });

    test('fullGrad(…).totals and implicit sum to the score', async () => {
      const { totals, implicit, score } = await fullGrad(network, x);
      score.forEach((value, i) => {
        const total = sum(totals.data.subarray(2 * i, 2 * i + 2)) + (implicit[i] as number);
        expect(Math.abs(total - value)).toBeLessThanOrEqual(1e-3 * Math.max(1, Math.abs(value)));
      });
      // Only ReLU6 is not positively homogeneous here.
      if (name !== 'mobile-tiny') expect(Math.max(...implicit.map(Math.abs))).toBe(0);
    });

    test('xGradCam and hiResCam have the same sum before rectification', async () => {
      const options = { rectify: false, size: 'layer' } as const;
      const [one, other] = [await xGradCam(network, x, options), await hiResCam(network, x, options)];
      // The 1e-7 in the denominator of XGrad-CAM counts where a channel is silent.
      expect(Math.abs(sum(one.values.data) - sum(other.values.data))).toBeLessThanOrEqual(
        1e-3 * Math.max(1, sum(other.values.data.map(Math.abs))),
      );
    });

    test.each(possible)('%s of a batch is that of each example, whatever the batch size', async (key) => {
      const method = methods[key] as (typeof methods)[string];
      // Random streams are numbered by example, so the first example is the one to compare alone.
      const options = { target: [0, 0, 0] };
      const alone = await method(network, rows(x, 0, 1), { target: [0] });
      const together = await method(network, x, { ...options, batchSize: 3 });
      const apart = await method(network, x, { ...options, batchSize: 1 });
      const size = alone.values.data.length;
      if (key !== 'expectedGradients') {
        expect(largestDifference(alone.values.data, together.values.data.slice(0, size))).toBeLessThanOrEqual(1e-4);
      }
      expect(largestDifference(together.values.data, apart.values.data)).toBeLessThanOrEqual(1e-4);
    });
  });
}

test('gradCam with a pooling head: Σ map + bias = logit', async () => {
  const model = await fixtureModel('bn-residual-tiny');
  const x = examples(1, [20, 20]);
  const { values, score, target } = await gradCam(model, x, { rectify: false, size: 'layer' });
  const bias = await model.getLayer('logits').getWeights()[1]?.data();
  expect(Math.abs(sum(values.data) + (bias?.[target?.[0] as number] as number) - (score[0] as number))).toBeLessThan(
    1e-4,
  );
  model.dispose();
});

test('hiResCam with a flattening dense head: Σ map + bias = logit', async () => {
  const tfl = await import('@tensorflow/tfjs-layers');
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 4, kernelSize: 3, activation: 'tanh', inputShape: [8, 9, 3], name: 'last' }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, biasInitializer: 'randomNormal', activation: 'softmax', name: 'head' }),
    ],
  });
  const { values, score, target } = await hiResCam(model, examples(1, [8, 9]), {
    rectify: false,
    size: 'layer',
    layer: 'last',
  });
  const bias = await model.getLayer('head').getWeights()[1]?.data();
  expect(Math.abs(sum(values.data) + (bias?.[target?.[0] as number] as number) - (score[0] as number))).toBeLessThan(
    1e-4,
  );
  model.dispose();
});

test('the seed decides: the same gives the same bits, another gives others', async () => {
  const model = await fixtureModel('vgg-tiny');
  const x = examples(1, [16, 16]);
  const run = async (seed: number): Promise<Float32Array> =>
    (await (methods.smoothGrad as (typeof methods)[string])(model, x, { seed })).values.data;
  const [one, again, other] = [await run(3), await run(3), await run(4)];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  model.dispose();
});
