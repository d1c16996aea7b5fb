import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { gaussianDivergence } from '../../../src/diagnosis/bias/gaussianDivergence.ts';
import { attributeRelations } from '../../../src/diagnosis/index.ts';
import { activations, layerGradients, type NdArray } from '../../../src/index.ts';
import { rowOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { chain, free, randomized } from '../../oracle/building.ts';
import { type GoldenCase, goldenCases } from '../../support/goldenCases.ts';
import { expectNear } from '../../support/near.ts';

const { normal } = random(8);
const pictures: NdArray = { shape: [5, 6, 6, 2], data: Float32Array.from({ length: 360 }, normal) };
const attributes = [0, 1, 2].map((target) => ({ name: `mark ${target}`, target }));

function teller(): LayersModel {
  return randomized(
    chain(
      [6, 6, 2],
      l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', name: 'seen' }),
      l.flatten(),
      l.dense({ units: 7, activation: 'relu' }),
      l.dense({ units: 3, activation: 'sigmoid', name: 'marks' }),
    ),
    5,
  );
}

test('the divergence is that of the reference', async () => {
  const [golden] = (await goldenCases('diagnosis')).ofMethod('gaussian-kl');
  const { target, mined } = (golden as GoldenCase).params as { target: number[]; mined: number[] };
  const gaussian = ([mean, deviation]: number[]) => ({ mean: mean as number, deviation: deviation as number });
  expect(gaussianDivergence(gaussian(target), gaussian(mined))).toBeCloseTo(golden?.expected['kl'] as number, 12);
  expect(gaussianDivergence({ mean: 0, deviation: 0 }, { mean: 0, deviation: 0 })).toBeCloseTo(0, 12);
});

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    [ab, aa, bb] = [ab + x * y, aa + x * x, bb + y * y];
  }
  return ab / Math.sqrt(aa * bb);
};

/** What speaks for each attribute in each image, from two public functions. */
async function evidenceByHand(model: LayersModel, pattern: string): Promise<readonly (readonly Float64Array[])[]> {
  const { seen } = await activations(model, pictures, ['seen']);
  const slopes = await Promise.all(
    attributes.map(({ target }) => layerGradients(model, pictures, { layers: ['seen'], target })),
  );
  return Array.from({ length: 5 }, (_, image) =>
    slopes.map(({ seen: slope }) => {
      const values = rowOf(seen as NdArray, image);
      return Float64Array.from(
        rowOf(slope as NdArray, image),
        (g, i) => g * (pattern === 'gradient' ? 1 : (values[i] as number)),
      );
    }),
  );
}

test.each(['contribution', 'gradient'] as const)(
  'cosines, chance and shared places by plain loops, %s',
  async (pattern) => {
    const model = teller();
    const found = await attributeRelations(model, pictures, { layer: 'seen', attributes, pattern });
    const evidence = await evidenceByHand(model, pattern);
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 1],
    ] as const) {
      const same = evidence.map((all) => cosine(all[i] as Float64Array, all[j] as Float64Array));
      const mean = same.reduce((sum, r) => sum + r, 0) / 5;
      const deviation = Math.sqrt(same.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 4);
      expect(found.mean.data[i * 3 + j]).toBeCloseTo(mean, 5);
      expect(found.deviation.data[i * 3 + j]).toBeCloseTo(deviation, 5);
      const next = evidence.map((all, t) =>
        cosine(all[i] as Float64Array, (evidence[(t + 1) % 5] as Float64Array[])[j] as Float64Array),
      );
      expect(found.chance.data[i * 3 + j]).toBeCloseTo(next.reduce((sum, r) => sum + r, 0) / 5, 5);
    }
    const [a, b] = [0, 2];
    const place = 3 * 4 + 1;
    const expected = evidence.reduce((sum, all) => {
      const [one, other] = [all[a] as Float64Array, all[b] as Float64Array];
      const [p, q] = [one, other].map((v) => Math.sqrt(v.reduce((s, x) => s + x * x, 0))) as [number, number];
      let here = 0;
      for (let c = 0; c < 4; c++)
        here += Math.abs(((one[place * 4 + c] as number) * (other[place * 4 + c] as number)) / p / q);
      return sum + here / 5;
    }, 0);
    expect(found.shared?.shape).toEqual([3, 3, 4, 4]);
    expect(found.shared?.data[(a * 3 + b) * 16 + place]).toBeCloseTo(expected, 6);
    expect(found.pairs.map(({ divergence }) => divergence)).toEqual(
      found.pairs.map(({ divergence }) => divergence).sort((x, y) => y - x),
    );
    expect(found.failureModes).toHaveLength(3);
    free(model);
  },
);

test('batches change nothing, and a list gives what a batch gives', async () => {
  const model = teller();
  const options = { layer: 'seen', attributes, share: 0.3 };
  const one = await attributeRelations(model, pictures, { ...options, batchSize: 1 });
  const all = await attributeRelations(model, pictures, { ...options, batchSize: 4 });
  expectNear(all.mean.data, one.mean.data, 1e-5);
  expectNear(all.chance.data, one.chance.data, 1e-5);
  const list = Array.from({ length: 5 }, (_, i): NdArray => ({ shape: [6, 6, 2], data: rowOf(pictures, i) }));
  const listed = await attributeRelations(model, list, options);
  expectNear(listed.mean.data, one.mean.data, 1e-6);
  // With a share of the evidence alone, what is left of two patterns agrees less or more, but an attribute with itself fully.
  [0, 4, 8].forEach((at) => expect(one.mean.data[at]).toBeCloseTo(1, 6));
  free(model);
});

test('what is expected decides the lists: a pair that is the same twice is a blind spot only where it should not be', async () => {
  const model = teller();
  const twice = [...attributes.slice(0, 2), { name: 'mark 0 again', target: 0 }];
  const unexpected = await attributeRelations(model, pictures, { layer: 'seen', attributes: twice });
  expect(unexpected.failureModes[0]?.names).toEqual(['mark 0', 'mark 0 again']);
  expect(unexpected.failureModes[0]?.mean).toBeCloseTo(1, 5);
  const [u, p] = ['unrelated', 'positive'] as const;
  const expected = [
    [u, u, p],
    [u, u, u],
    [p, u, u],
  ];
  const found = await attributeRelations(model, pictures, { layer: 'seen', attributes: twice, expected });
  expect(found.blindSpots.map(({ names }) => names)).toEqual([['mark 0', 'mark 0 again']]);
  expect(found.blindSpots[0]?.divergence).toBeCloseTo(0, 5);
  expect(found.failureModes).toHaveLength(2);
  free(model);
});

test('what is no question is refused', async () => {
  const model = teller();
  const ask = (options: object, images: NdArray = pictures) =>
    attributeRelations(model, images, { layer: 'seen', attributes, ...options });
  await expect(ask({ attributes: attributes.slice(0, 1) })).rejects.toThrow(
    '"attributes" expected a list of at least 2',
  );
  await expect(ask({ attributes: [...attributes, { name: 'x', target: 'predicted' }] })).rejects.toThrow(
    '"attributes[3].target" expected one and the same',
  );
  await expect(ask({ attributes: [...attributes, { name: 'x', target: 9 }] })).rejects.toThrow(/expected .*9/);
  await expect(ask({ expected: [['unrelated']] })).rejects.toThrow('"expected" expected 3 rows of 3 relations');
  const [u, p] = ['unrelated', 'positive'] as const;
  await expect(
    ask({
      expected: [
        [u, p, u],
        [u, u, u],
        [u, u, u],
      ],
    }),
  ).rejects.toThrow('the same of both sides');
  await expect(ask({}, { shape: [1, 6, 6, 2], data: rowOf(pictures, 0) })).rejects.toThrow(
    '"images" expected at least two images, got 1',
  );
  await expect(ask({ layer: 'unseen' })).rejects.toThrow(/near: seen/);
  free(model);
});
