import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { withNetwork } from '../../../src/network/withNetwork.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { descend } from '../../../src/visualization/inversion/descend.ts';
import { regularizedInversion } from '../../../src/visualization/inversion/regularizedInversion.ts';
import { readNpy } from '../../support/fixtures.ts';
import { goldenCases } from '../../support/goldenCases.ts';
import { expectNear } from '../../support/near.ts';

const models: LayersModel[] = [];
afterAll(() => models.forEach((model) => model.dispose()));

/** relu(z) + z / 10 of z = x · kernel. */
function leakyModel(shape: readonly number[], kernel: NdArray): LayersModel {
  const [inputs, units] = kernel.shape as [number, number];
  const model = sequential({
    layers: [
      l.flatten({ inputShape: [...shape] }),
      l.dense({ units, inputShape: [inputs], useBias: false }),
      l.leakyReLU({ alpha: 1 / 11, name: 'features' }),
    ],
  });
  tf.tidy(() =>
    model.setWeights([
      tf.tensor(
        kernel.data.map((weight) => 1.1 * weight),
        [inputs, units],
      ),
    ]),
  );
  models.push(model);
  return model;
}

function convolutional(): LayersModel {
  const conv = (name: string) => l.conv2d({ name, filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' });
  const model = sequential({
    layers: [
      l.inputLayer({ inputShape: [10, 10, 3], name: 'pixels' }),
      conv('first'),
      conv('second'),
      l.flatten(),
      l.dense({ units: 3 }),
    ],
  });
  const { normal } = random(5);
  tf.tidy(() =>
    model.setWeights(
      model.getWeights().map(({ shape, size }) =>
        tf.tensor(
          Float32Array.from({ length: size }, () => 0.3 * normal()),
          shape,
        ),
      ),
    ),
  );
  models.push(model);
  return model;
}

function images(count: number): NdArray {
  const { uniform } = random(6);
  return { shape: [count, 10, 10, 3], data: Float32Array.from({ length: count * 300 }, () => 2 * uniform() - 1) };
}

/** The pixels, and an invertible mixture of their channels. */
function mixing(): LayersModel {
  const model = sequential({
    layers: [
      l.inputLayer({ inputShape: [10, 10, 3], name: 'pixels' }),
      l.conv2d({ name: 'mixed', filters: 3, kernelSize: 1 }),
    ],
  });
  tf.tidy(() =>
    model.setWeights([tf.tensor([1, 0.5, 0, -0.5, 1, 0.2, 0, 0.3, 0.8], [1, 1, 3, 3]), tf.tensor1d([0.1, 0, -0.2])]),
  );
  models.push(model);
  return model;
}

const [convolutions, mixture] = [convolutional(), mixing()];
const plainly = { smoothness: 0, normWeight: 0 } as const;

describe('the reference case', async () => {
  const [golden] = (await goldenCases('visualization')).ofMethod('inversion-energy');
  const { lambdaTV, beta, lambdaAlpha, alpha, sigmaY, sigmaX, learningRate } = (golden?.params ?? {}) as Record<
    string,
    number
  >;
  const read = (name: string) => readNpy(`goldens/visualization/inversion.${name}.npy`);
  const [x, kernel, target, gradient, steps] = (await Promise.all(
    ['x', 'kernel', 'target', 'gradient', 'steps'].map(read),
  )) as [NdArray, NdArray, NdArray, NdArray, NdArray];

  const model = leakyModel(x.shape, kernel);
  const run = (count: number) =>
    withNetwork(model, (network) =>
      descend(
        {
          network,
          inverted: {
            site: network.site('features'),
            features: { shape: [1, target.data.length], data: target.data },
            scale: { channels: 3, order: [0, 1, 2], mean: [127.5, 127.5, 127.5], std: [1, 1, 1] },
          },
          mask: { shape: [1, target.data.length], data: target.data.map(() => 1) },
          norms: Float32Array.of(sigmaY as number),
          prior: {
            smoothness: lambdaTV as number,
            beta: beta as number,
            normWeight: lambdaAlpha as number,
            normExponent: alpha as number,
          },
          pixelNorm: sigmaX as number,
          schedule: [{ steps: count, learningRate: learningRate as number }],
          start: { shape: [1, ...x.shape], data: x.data },
        },
        { mean: 127.5 },
      ),
    );
  const pixels = ({ pictures }: { pictures: NdArray }): Float32Array =>
    pictures.data.map((value) => 255 * value - 127.5);

  test('has its energy and its parts', async () => {
    const { energy, curve } = await run(1);
    const { data } = (golden?.expected['parts'] ?? {}) as Record<string, number>;
    expect(energy.data[0]).toBeCloseTo(golden?.expected['energy'] as number, 3);
    expect(curve.data[0]).toBeCloseTo(data as number, 4);
  });

  test('has its gradient and its steps with momentum', async () => {
    const size = x.data.length;
    const moved = await run(1);
    const largest = Math.max(...gradient.data.map(Math.abs));
    const slope = pixels(moved).map(
      (value, i) => ((x.data[i] as number) - value) / (learningRate as number) / (sigmaX as number) ** 2,
    );
    expectNear(slope, gradient.data, 2e-3 * largest);
    for (let count = 1; count <= steps.data.length / size; count++) {
      expectNear(pixels(await run(count)), steps.data.subarray((count - 1) * size, count * size), 1e-2);
    }
  });
});

describe('regularizedInversion', () => {
  const schedule = [
    { steps: 80, learningRate: 0.004 },
    { steps: 40, learningRate: 0.001 },
  ];
  const options = { layer: 'second', smoothness: 0.1, range: [-1, 1] as const, schedule };

  test.each(['pixels', 'mixed'])('recovers the images from %s', async (layer) => {
    const x = images(2);
    const long = [{ steps: 250, learningRate: 0.1 }];
    const {
      error,
      inputs,
      images: pictures,
    } = await regularizedInversion(mixture, x, { ...options, ...plainly, layer, schedule: long });
    const distance = (found: NdArray): number =>
      Math.sqrt(x.data.reduce((total, value, i) => total + (value - (found.data[i] as number)) ** 2, 0));
    expect(distance(inputs) / distance({ ...x, data: x.data.map(() => 0) })).toBeLessThan(1e-3);
    expect(Math.max(...error)).toBeLessThan(1e-6);
    expectNear(
      pictures.data,
      x.data.map((value) => (value + 1) / 2),
      2e-3,
    );
  });

  test('brings the features nearer, and reports how near', async () => {
    const {
      curve,
      energy,
      error,
      images: pictures,
      reported,
      featureNorm,
    } = await regularizedInversion(convolutions, images(2), options);
    expect(curve.shape).toEqual([2, 121]);
    for (const example of [0, 1]) {
      const [first, last] = [curve.data[121 * example], curve.data[121 * example + 120]] as [number, number];
      expect(last).toBeLessThan(0.2 * first);
      expect(error[example]).toBeCloseTo(last, 4);
      expect(energy.data[121 * example + 120]).toBeLessThan(energy.data[121 * example] as number);
      expect((reported?.error[example] as number) * (reported?.normalizer as number)).toBeCloseTo(
        last * (featureNorm[example] as number) ** 2,
        2,
      );
    }
    expect(pictures.shape).toEqual([2, 10, 10, 3]);
    expect(Math.min(...pictures.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pictures.data)).toBeLessThanOrEqual(1);
  });

  test('does not depend on what is inverted together, and follows its seed', async () => {
    const short = { ...options, schedule: [{ steps: 3, learningRate: 0.001 }] };
    const all = await regularizedInversion(convolutions, images(3), { ...short, batchSize: 3 });
    const single = await regularizedInversion(convolutions, images(3), { ...short, batchSize: 1 });
    expectNear(single.inputs.data, all.inputs.data, 1e-4);
    const other = await regularizedInversion(convolutions, images(3), { ...short, seed: 1 });
    expect(other.inputs.data).not.toEqual(all.inputs.data);
  });

  test('says which pictures channels are, in the order of the model', async () => {
    const x = images(1);
    const setting = { mean: [100, 110, 120], std: 50, order: 'bgr' as const, layer: 'pixels', ...plainly };
    const { images: pictures, inputs } = await regularizedInversion(mixture, x, {
      ...setting,
      schedule: [{ steps: 250, learningRate: 0.1 }],
    });
    expectNear(inputs.data, x.data, 1e-2);
    const blue = (x.data[0] as number) * 50 + 100;
    expect(pictures.data[2]).toBeCloseTo(blue / 255, 2);
  });

  test('inverts what a mask leaves', async () => {
    const x = images(1);
    const mask = { neighborhood: [4, 6], half: 'second' } as const;
    const setting = { ...options, ...plainly, layer: 'pixels', mask, schedule: [{ steps: 250, learningRate: 0.05 }] };
    const { inputs, featureNorm } = await regularizedInversion(mixture, x, setting);
    const kept = (i: number): boolean => {
      const [row, column, channel] = [Math.floor(i / 30), Math.floor(i / 3) % 10, i % 3];
      return row >= 3 && row < 7 && column >= 2 && column < 8 && channel >= 1;
    };
    const inside = [...x.data.keys()].filter(kept);
    expectNear(
      inside.map((i) => inputs.data[i] as number),
      inside.map((i) => x.data[i] as number),
      2e-2,
    );
    expect(featureNorm[0]).toBeCloseTo(Math.sqrt(inside.reduce((sum, i) => sum + (x.data[i] as number) ** 2, 0)), 4);
  });

  test('weighs the total variation by the depth of the layer', async () => {
    const { smoothness: _, ...weighed } = { ...options, schedule: [{ steps: 1, learningRate: 0.001 }] };
    const found = [];
    for (const layer of ['pixels', 'second', 'dense_Dense1']) {
      const address = layer === 'dense_Dense1' ? (convolutions.layers.at(-1)?.name as string) : layer;
      found.push(
        (await regularizedInversion(convolutions, images(1), { ...weighed, layer: address })).prior.smoothness,
      );
    }
    expect(found[0]).toBe(1);
    expect(found[2]).toBe(100);
    expect(found[1]).toBeGreaterThan(1);
  });

  test('refuses what cannot be inverted', async () => {
    const x = images(2);
    const refused = (given: object, text: string) =>
      expect(regularizedInversion(convolutions, x, { ...options, ...given } as never)).rejects.toThrow(text);
    await refused({ layer: 'secnd' }, 'near: second');
    await refused({ layer: undefined }, '"layer" expected a text');
    await refused({ range: [1, -1] }, '"range" expected [low, high] with low < high');
    await refused({ range: undefined }, '"preprocessing" expected a preset');
    await refused({ range: undefined, mean: 0, std: 0 }, '"std" expected numbers other than 0');
    await refused({ channels: 1 }, '"channels" expected 3');
    await refused({ mask: { neighborhood: 11 } }, '"mask.neighborhood" expected an integer in 1..10, got 11');
    await refused({ mask: { neighbourhood: 3 } }, 'got "neighbourhood"');
    await refused({ mask: { half: 'third' } }, '"mask.half"');
    await refused({ schedule: [] }, '"schedule" expected a list with elements');
    await refused({ schedule: [{ steps: 0, learningRate: 1 }] }, '"schedule[0].steps" expected an integer');
    await refused(
      { schedule: [{ steps: 40, learningRate: 1e9 }] },
      '"schedule" expected learning rates that lead down',
    );
    await refused({ smoothnes: 1 }, 'smoothness');
    await expect(
      regularizedInversion(convolutions, { shape: [1, 12, 12, 3], data: new Float32Array(432) }, options),
    ).rejects.toThrow('"x" expected shape [n, 10, 10, 3]');
    const dark = { shape: x.shape, data: x.data.map((value, i) => (i < 300 ? value : 0)) };
    await expect(regularizedInversion(mixture, dark, { ...options, layer: 'pixels' })).rejects.toThrow(
      'features that are all 0 for example 1',
    );
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => void (done === 3 && controller.abort(new Error('enough')));
    const call = regularizedInversion(convolutions, images(1), { ...options, signal: controller.signal, onProgress });
    await expect(call).rejects.toThrow('enough');
  });
});

test('an image that is the answer already has no error', async () => {
  const x = images(1);
  await withNetwork(convolutions, async (network) => {
    const { second } = await activations(network, x, ['second']);
    const { curve } = await descend(
      {
        network,
        inverted: {
          site: network.site('second'),
          features: second,
          scale: { channels: 3, order: [0, 1, 2], mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
        },
        mask: { shape: [1, 10, 10, 6], data: new Float32Array(600).fill(1) },
        norms: Float32Array.of(1),
        prior: { ...plainly, beta: 2, normExponent: 6 },
        pixelNorm: 1000,
        schedule: [{ steps: 1, learningRate: 0.001 }],
        start: { shape: x.shape, data: x.data.map((value) => 127.5 * value) },
      },
      { range: [-1, 1] },
    );
    expect(Math.max(...curve.data)).toBeLessThan(1e-8);
  });
});
