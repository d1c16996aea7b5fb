import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  exactShapley,
  featureAblation,
  gradient,
  kernelShap,
  occlusion,
  partitionShap,
  shapleySampling,
} from '../../../src/attribution/index.ts';
import type { Model } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import type { Attribution, ExplainOptions, ScoreFunction } from '../../../src/scoring/types.ts';
import { chain, classifier, conv, free, inputsOf, randomized } from '../../oracle/building.ts';
import { expectNear, sum } from '../../support/near.ts';
import { elementwise, passing } from '../../support/scoreOfInput.ts';

type Method = (model: Model, x: NdArray, options: ExplainOptions & { baseline?: number }) => Promise<Attribution>;

const [rows, columns, players] = [2, 4, 8];
const pixels = { shape: [rows, columns], data: Int32Array.from({ length: players }, (_, i) => i) };

/** Every method of Shapley values, on the pixels of a picture 2 × 4. */
const methods: Readonly<Record<string, Method>> = {
  exactShapley: (model, x, options) => exactShapley(model, x, { ...options, segments: pixels }),
  kernelShap: (model, x, options) => kernelShap(model, x, { ...options, segments: pixels, samples: 254 }),
  shapleySampling: (model, x, options) => shapleySampling(model, x, { ...options, segments: pixels, samples: 6 }),
  partitionShap: (model, x, options) => partitionShap(model, x, { baseline: 0, ...options, evaluations: 2000 }),
};
const batchSize = 128;
const picture = { shape: [1, rows, columns, 1], data: new Float32Array(players).fill(1) };

type Products = readonly (readonly [weight: number, players: readonly number[]])[];

/** Products of two or three players each. */
function randomProducts(seed: number): Products {
  const { normal, integer } = random(seed);
  return Array.from({ length: 12 }, () => {
    const members = new Set(Array.from({ length: 3 }, () => integer(players)));
    return [normal(), [...members]] as const;
  });
}

const scoreOf = (products: Products): ScoreFunction =>
  elementwise((z) =>
    products
      .map(([weight, of]) =>
        of.reduce((product, i) => tf.mul(product, z[i] as Tensor), tf.fill((z[0] as Tensor).shape, weight)),
      )
      .reduce((a, b) => tf.add(a, b)),
  );

async function valuesOf(method: Method, products: Products): Promise<Float32Array> {
  const model = passing(rows, columns, 1);
  const { values } = await method(model, picture, { target: scoreOf(products), batchSize });
  free(model);
  return values.data;
}

describe.each(Object.entries(methods))('%s', (name, method) => {
  test.each([1, 2, 3])('efficiency: the values add up to F(x) − F(x′), game %i', async (seed) => {
    const products = randomProducts(seed);
    expectNear([sum(await valuesOf(method, products))], [sum(products.map(([weight]) => weight))], 1e-4);
  });

  test.each([1, 2, 3])('dummy: who never changes the score gets nothing, game %i', async (seed) => {
    const without = randomProducts(seed).filter(([, of]) => !of.includes(5));
    expectNear([(await valuesOf(method, without))[5] as number], [0], 1e-5);
  });

  test.each([1, 2, 3])('symmetry: who may be exchanged gets the same, game %i', async (seed) => {
    const exchanged = (of: readonly number[]): number[] => of.map((i) => (i < 2 ? 1 - i : i));
    const both = randomProducts(seed).flatMap(([weight, of]) => [
      [weight, of] as const,
      [weight, exchanged(of)] as const,
    ]);
    const pairs = both.map(([weight, of]) => [weight, of.slice(0, 2)] as const);
    // An order and its reverse give each player of a pair the same; of three, only the mean over all orders does.
    const values = await valuesOf(method, name === 'shapleySampling' ? pairs : both);
    expectNear([values[0] as number], [values[1] as number], 1e-4);
  });

  test('a sum: each player has its own part, w (x − x′)', async () => {
    const weights = [2, -1, 0.5, 3, 0, 1, -2, 4];
    const x = { shape: [2, rows, columns, 1], data: Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)) };
    const model = passing(rows, columns, 1);
    const target = elementwise((z) =>
      z.map((value, i) => tf.mul(value, weights[i] as number)).reduce((a, b) => tf.add(a, b)),
    );
    const expected = Array.from(x.data, (value, i) => (weights[i % 8] as number) * (value - 0.25));
    const options = { target, baseline: 0.25, batchSize };
    expectNear((await method(model, x, options)).values.data, expected, 1e-5);
    expectNear((await occlusion(model, x, { ...options, window: 1 })).values.data, expected, 1e-5);
    expectNear((await featureAblation(model, x, { ...options, segments: pixels })).values.data, expected, 1e-5);
    free(model);
  });
});

test('shapleySampling: who may be exchanged gets the same within its standard error', async () => {
  const products: Products = [
    [2, [0, 2, 3]],
    [2, [1, 2, 3]],
    [-3, [0, 1, 4]],
    [1, [5, 6, 7]],
  ];
  const model = passing(rows, columns, 1);
  const { segmentValues, standardErrors } = await shapleySampling(model, picture, {
    ...{ target: scoreOf(products), segments: pixels, samples: 200, batchSize: 512 },
  });
  const [a, b] = segmentValues.data as unknown as [number, number];
  expect(Math.abs(a - b)).toBeLessThan(4 * Math.hypot(...standardErrors.data.slice(0, 2)));
  free(model);
});

describe('of a network', () => {
  const inNetwork: Readonly<Record<string, Method>> = {
    exactShapley: (model, x, options) => exactShapley(model, x, { ...options, segments: { grid: 3 } }),
    kernelShap: (model, x, options) => kernelShap(model, x, { ...options, segments: { grid: 3 } }),
    'kernelShap with few passes': (model, x, options) =>
      kernelShap(model, x, { ...options, segments: { grid: 3 }, samples: 30 }),
    shapleySampling: (model, x, options) =>
      shapleySampling(model, x, { ...options, segments: { grid: 3 }, samples: 2 }),
    partitionShap: (model, x, options) => partitionShap(model, x, { ...options, evaluations: 20 }),
  };
  /** The sum over segments: each is painted on all its pixels. */
  const total = ({ values }: Attribution, example: number, size: number): number =>
    sum(values.data.slice(example * size, (example + 1) * size));

  test.each(Object.entries(inNetwork))(
    '%s adds up to what passes at x and at the baseline say',
    async (_name, method) => {
      const model = classifier();
      const x = inputsOf(model)[0] as NdArray;
      const found = await method(model, x, { target: 2, baseline: 0.3, batchSize });
      const blank = { shape: x.shape, data: new Float32Array(x.data.length).fill(0.3) };
      const [at, from] = [await gradient(model, x, { target: 2 }), await gradient(model, blank, { target: 2 })];
      const rise = at.score.map((score, i) => score - (from.score[i] as number));
      const sums = 'segmentValues' in found ? (found.segmentValues as NdArray) : found.values;
      const size = sums.data.length / 2;
      expectNear(
        [0, 1].map((example) => total({ ...found, values: sums }, example, size)),
        rise,
        1e-5,
      );
      expectNear(found.score, at.score, 1e-6);
      model.dispose();
    },
  );

  const cropped = (): LayersModel =>
    randomized(
      chain(
        [6, 7, 2],
        l.cropping2D({
          cropping: [
            [0, 3],
            [0, 3],
          ],
        }),
        conv({ activation: 'tanh', kernelSize: 2 }),
        l.flatten(),
        l.dense({ units: 2 }),
      ),
    );
  test.each(['exactShapley', 'kernelShap', 'shapleySampling'])(
    '%s: segments that the network never sees get nothing',
    async (name) => {
      const model = cropped();
      const x = inputsOf(model, 1)[0] as NdArray;
      const quarters = Int32Array.from({ length: 42 }, (_, i) => 2 * Number(i >= 21) + Number(i % 7 > 3));
      const options = { segments: { shape: [6, 7], data: quarters }, target: 1, batchSize };
      const method = { exactShapley, kernelShap, shapleySampling }[name] as typeof exactShapley;
      const { segmentValues, score } = await method(model, x, options);
      expectNear(segmentValues.data.slice(1), [0, 0, 0], 1e-6);
      const blank = await gradient(model, { shape: x.shape, data: new Float32Array(84) }, { target: 1 });
      expectNear([segmentValues.data[0] as number], [(score[0] as number) - (blank.score[0] as number)], 1e-5);
      free(model);
    },
  );
});
