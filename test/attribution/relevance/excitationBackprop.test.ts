import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { excitationBackprop } from '../../../src/attribution/index.ts';
import { gradientRule } from '../../../src/network/walk/composite.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, conv, free, inputsOf, picture, randomized } from '../../oracle/building.ts';
import { batch, type DenseWeights, denseModel, randomMatrix } from '../../oracle/denseModel.ts';
import { custom, Wave } from '../../oracle/layers.ts';
import * as oracle from '../../oracle/relevance.ts';
import { expectClose } from '../../support/close.ts';
import { fixtureModel } from '../../support/models.ts';

test('without biases the map is not negative and sums to 1', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 2) as [NdArray];
  const { values } = await excitationBackprop(network, x, { bias: false });
  const size = values.data.length / 2;
  for (const start of [0, size]) {
    const map = values.data.subarray(start, start + size);
    expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
    expect(map.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3);
  }
  network.dispose();
});

/** Three dense layers, what they read on one example, and the layers written out. */
function denseNetwork(): { model: LayersModel; x: NdArray; read: number[][]; maps: oracle.LinearMap[] } {
  const weights = [6, 5, 4].map((inputs, i): DenseWeights => {
    const outputs = [5, 4, 3][i] as number;
    return {
      kernel: randomMatrix(inputs, outputs, i),
      bias: randomMatrix(1, outputs, 10 + i)[0] as number[],
      activation: i < 2 ? 'relu' : 'linear',
    };
  });
  const maps = weights.map(({ kernel, bias }) => oracle.denseMap(kernel, bias));
  const start = randomMatrix(1, 6, 20)[0] as number[];
  const read = [start];
  for (const map of maps.slice(0, 2)) {
    read.push(oracle.outputOf(map, read.at(-1) as number[]).map((value) => Math.max(value, 0)));
  }
  return { model: denseModel(weights), x: batch([start]), read, maps };
}

const zPlus = oracle.alphaBeta(1, 0);

function negated({ weights, bias }: oracle.LinearMap): oracle.LinearMap {
  return { weights: weights.map((row) => row.map((w) => -(w as number))), bias: bias.map((b) => -b) };
}

/** The map of class 1 of {@link denseNetwork} less that of its opposite, rectified at what layer `at` reads. */
function contrasted(
  { read, maps }: Pick<ReturnType<typeof denseNetwork>, 'read' | 'maps'>,
  { at, bias }: { at: number | undefined; bias: boolean },
): number[] {
  const layers = bias ? maps : maps.map(oracle.withoutBias);
  const down = (map: oracle.LinearMap, i: number, arriving: number[]): number[] =>
    zPlus(map, read[i] as number[], arriving);
  const last = layers[2] as oracle.LinearMap;
  const [own, opposite] = [down(last, 2, [0, 1, 0]), down(negated(last), 2, [0, 1, 0])];
  let difference = own.map((value, i) => value - (opposite[i] as number));
  for (let i = 1; i >= 0; i--) {
    if (at === i + 1) difference = difference.map((value) => Math.max(value, 0));
    difference = down(layers[i] as oracle.LinearMap, i, difference);
  }
  return difference;
}

test.each([
  [{ contrastive: true }, { at: undefined, bias: true }],
  [
    { contrastive: true, bias: false },
    { at: undefined, bias: false },
  ],
  [{ contrastive: { layer: 'dense1' } }, { at: 2, bias: true }],
  [{ contrastive: { layer: 'dense0' } }, { at: 1, bias: true }],
] as const)('excitationBackprop(model, x, %o) is the written-out walk', async (options, expected) => {
  const { model, x, ...written } = denseNetwork();
  const { values } = await excitationBackprop(model, x, { ...options, target: 1 });
  const exact = contrasted(written, expected);
  expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(1e-3);
  await expectClose(values, { shape: [1, 6], data: Float32Array.from(exact) }, { tolerance: 1e-4, floor: 1e-4 });
  model.dispose();
});

test('excitationBackprop(model, x, { contrastive, layer }) ends at the layer of the contrast or below', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 2) as [NdArray];
  const { values } = await excitationBackprop(network, x, { contrastive: { layer: 'pool2' }, layer: 'pool2' });
  expect(Math.min(...values.data)).toBe(0);
  expect(Math.max(...values.data)).toBeGreaterThan(0);
  const below = await excitationBackprop(network, x, { contrastive: { layer: 'pool2' }, layer: 'pool1' });
  expect(below.values.shape).toEqual([2, ...(network.getLayer('pool1').outputShape as number[]).slice(1)]);
  await expect(excitationBackprop(network, x, { contrastive: { layer: 'pool1' }, layer: 'pool2' })).rejects.toThrow(
    '"layer" expected one that does not come after that of the contrast, "pool1", got "pool2"',
  );
  network.dispose();
});

test('the contrast tells classes apart', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 1) as [NdArray];
  const cosine = async (contrastive: boolean): Promise<number> => {
    const [a, b] = [0, 3].map((target) => excitationBackprop(network, x, { contrastive, target }));
    const [p, q] = [(await a)?.values.data as Float32Array, (await b)?.values.data as Float32Array];
    const dot = (u: Float32Array, v: Float32Array): number =>
      u.reduce((sum, value, i) => sum + value * (v[i] as number), 0);
    return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
  };
  expect(await cosine(true)).toBeLessThan(0.5);
  expect(await cosine(false)).toBeGreaterThan(0.9);
  network.dispose();
});

test('what it cannot do is refused by name', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 1) as [NdArray];
  await expect(excitationBackprop(network, x, { scale: 'probability' })).rejects.toThrow(
    `"scale" expected 'logit': excitationBackprop has no rule for the final softmax, got "probability"`,
  );
  await expect(excitationBackprop(network, x, { contrastive: { layer: 'conv9' } })).rejects.toThrow(
    '"contrastive.layer" expected the address of a layer, got "conv9"',
  );
  network.dispose();

  const unknown = randomized(chain(picture, conv(), custom(Wave, 'wave')));
  const [y] = inputsOf(unknown, 1) as [NdArray];
  const target = { layer: 'wave', unit: 0 } as const;
  await expect(excitationBackprop(unknown, y, { target })).rejects.toThrow(
    'excitationBackprop has no rule for opaque in layer "wave" (Wave); put one first in "rules", for example [{ address: "wave" }, rules.pass()]',
  );
  const { values } = await excitationBackprop(unknown, y, { target, rules: [[{ address: 'wave' }, gradientRule]] });
  expect(values.shape).toEqual([1, ...picture]);
  free(unknown);
});

test('a target without a convolution or a dense layer before it has no opposite', async () => {
  const bare = chain(picture, custom(Wave, 'wave'));
  const [x] = inputsOf(bare, 1) as [NdArray];
  await expect(excitationBackprop(bare, x, { contrastive: true, target: { layer: 'wave', unit: 0 } })).rejects.toThrow(
    '"contrastive" expected a convolution or a dense layer before the target',
  );
  free(bare);
});
