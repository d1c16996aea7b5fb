import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradCam, gradient, gradientTimesInput } from '../../src/attribution/index.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution } from '../../src/scoring/types.ts';
import { chain, inputsOf, randomized } from '../oracle/building.ts';
import { expectNear } from '../support/near.ts';
import { linearVolumes } from '../support/volumeModels.ts';

let model: LayersModel;
let x: NdArray;
/** What each of the 2 × 4 × 3 voxels adds to the linear score. */
let shares: number[];
let whole: number;
let attribution: Attribution;
beforeAll(async () => {
  model = linearVolumes([2, 4, 3, 1], 6);
  x = inputsOf(model, 1)[0] as NdArray;
  const [kernel, bias] = model.getWeights() as [tf.Tensor, tf.Tensor];
  shares = Array.from(await kernel.data(), (weight, i) => weight * (x.data[i] as number));
  whole = shares.reduce((sum, share) => sum + share, (await bias.data())[0] as number);
  attribution = await gradientTimesInput(model, x);
});
afterAll(() => model.dispose());

const descending = (): number[] =>
  shares.map((_, i) => i).sort((a, b) => (shares[b] as number) - (shares[a] as number));
const without = (gone: readonly number[]): number => gone.reduce((score, i) => score - (shares[i] as number), whole);
const trapezoid = (curve: readonly number[]): number =>
  curve.slice(1).reduce((sum, value, i) => sum + (value + (curve[i] as number)) / 2, 0) / (curve.length - 1);

describe('metrics of maps that remove voxels, on a linear score', () => {
  test('deletion: as many steps as the longest side has voxels', async () => {
    const { score, curve } = await metrics.deletion(model, x, { attribution });
    const expected = [0, 6, 12, 18, 24].map((gone) => without(descending().slice(0, gone)));
    expectNear(curve?.data ?? [], expected, 1e-4);
    expect(score[0]).toBeCloseTo(trapezoid(expected), 4);
  });

  test('insertion and pixelFlipping', async () => {
    const insertion = await metrics.insertion(model, x, { attribution, baseline: 'zero', perStep: 8 });
    expectNear(
      insertion.curve?.data ?? [],
      [0, 8, 16, 24].map((shown) => without(descending().slice(shown))),
      1e-4,
    );
    const flipping = await metrics.pixelFlipping(model, x, { attribution, perStep: 12, baseline: 'zero' });
    expectNear(
      flipping.curve?.data ?? [],
      [0, 12, 24].map((gone) => without(descending().slice(0, gone))),
      1e-4,
    );
  });

  test('regionPerturbation removes cubes, cut off at the border', async () => {
    const cubes = new Map<string, number[]>();
    shares.forEach((_, i) => {
      const key = [Math.floor(i / 24), Math.floor((Math.floor(i / 3) % 4) / 2), Math.floor((i % 3) / 2)].join();
      cubes.set(key, [...(cubes.get(key) ?? []), i]);
    });
    const sums = [...cubes.values()].sort((a, b) => without(a) - without(b));
    const expected = Array.from({ length: 5 }, (_, k) => without(sums.slice(0, k).flat()));
    const { curve } = await metrics.regionPerturbation(model, x, { attribution, patch: 2, baseline: 'zero' });
    expectNear(curve?.data ?? [], expected, 1e-4);
  });

  test('irof removes boxes, or segments of one’s own', async () => {
    const labels = { shape: [2, 4, 3], data: Int32Array.from({ length: 24 }, (_, i) => Math.floor(i / 12)) };
    const halves = [0, 1].map((half) => shares.map((_, i) => i).filter((i) => Math.floor(i / 12) === half));
    const [first, second] = halves.sort((a, b) => without(a) - without(b)) as [number[], number[]];
    const { curve } = await metrics.irof(model, x, { attribution, segments: labels, baseline: 'zero' });
    expectNear(
      curve?.data ?? [],
      [[], first, [...first, ...second]].map((gone) => without(gone) / whole),
      1e-4,
    );
    expect((await metrics.irof(model, x, { attribution })).curve?.shape).toEqual([1, 25]);
  });

  test.each([
    ['noise', 0],
    ['square', 0],
  ] as const)('infidelity of the gradient with %s is 0', async (kind, expected) => {
    const { score } = await metrics.infidelity(model, x, { attribution: await gradient(model, x), kind, samples: 20 });
    expect(score[0]).toBeCloseTo(expected, 5);
    const worse = await metrics.infidelity(model, x, { attribution, kind, samples: 20 });
    expect(worse.score[0]).toBeGreaterThan(1e-3);
  });

  test('correlations with what is lost are 1 for the exact shares', async () => {
    const samples = 20;
    const found = [
      await metrics.sensitivityN(model, x, { attribution, samples }),
      await metrics.muFidelity(model, x, { attribution, samples, grid: 2 }),
      await metrics.faithfulnessCorrelation(model, x, { attribution, samples, subsetSize: 5 }),
      await metrics.faithfulnessEstimate(model, x, { attribution }),
    ];
    for (const { score, metric } of found) expect(score[0], metric).toBeCloseTo(1, 4);
  });

  test('averageDrop fades the volume by the map', async () => {
    const [low, high] = [Math.min(...shares.map(Math.abs)), Math.max(...shares.map(Math.abs))];
    const seen = shares.reduce((sum, share) => sum - share * (1 - (Math.abs(share) - low) / (high - low)), whole);
    const { score } = await metrics.averageDrop(model, x, { attribution });
    expect(score[0]).toBeCloseTo(Math.max(whole - seen, 0) / Math.abs(whole), 4);
  });

  test('a map without channels, a given array, and one of another size', async () => {
    const map = { shape: [1, 2, 4, 3], data: attribution.values.data };
    const one = await metrics.deletion(model, x, { attribution: map, target: 0 });
    expect(one.score).toEqual((await metrics.deletion(model, x, { attribution })).score);
    const other = { shape: [1, 4, 3, 2], data: attribution.values.data };
    await expect(metrics.deletion(model, x, { attribution: other, target: 0 })).rejects.toThrow(
      '"attribution" expected shape [1, 2, 4, 3] or [1, 2, 4, 3, 1] to fit the input, got [1, 4, 3, 2]',
    );
  });

  test('road is refused: its imputation is one of pictures', async () => {
    await expect(metrics.road(model, x, { attribution })).rejects.toThrow(
      '"x" expected pictures [n, h, w, c], got shape [1, 2, 4, 3, 1]',
    );
  });

  test('an explainer near x: the gradient of a linear score stays', async () => {
    const { score } = await metrics.maxSensitivity(model, x, { explainer: gradient, samples: 2 });
    expect(score[0]).toBeCloseTo(0, 5);
  });
});

describe('metrics of maps alone', () => {
  /** 2 × 3 × 4 voxels, the greatest at depth 1, row 2, column 0. */
  const values = Array.from({ length: 24 }, (_, i) => (i === 20 ? 9 : i % 4));
  const map = { shape: [1, 2, 3, 4], data: Float32Array.from(values) };
  const cam = {
    values: map,
    layout: 'ndhw',
    method: 'gradCam',
    target: null,
    score: new Float32Array(1),
  } as unknown as Attribution;
  const maskAt = (...inside: number[]): metrics.ObjectMask => ({
    shape: [2, 3, 4],
    data: Uint8Array.from({ length: 24 }, (_, i) => Number(inside.includes(i))),
  });

  test('pointingGame: distances in three directions', () => {
    // Depth 0, row 2, column 2 is √(1 + 4) away.
    const mask = maskAt(10);
    for (const given of [cam, map]) {
      expect(metrics.pointingGame(given, mask, { tolerance: 2.3 }).score[0]).toBe(1);
      expect(metrics.pointingGame(given, mask, { tolerance: 2.2 }).score[0]).toBe(0);
      expect(metrics.pointingGame(given, { ...mask, shape: [1, 2, 3, 4] }, { tolerance: 2.3 }).score[0]).toBe(1);
    }
  });

  test('shares and ranks in a mask of voxels', () => {
    const total = values.reduce((sum, value) => sum + value, 0);
    const mask = maskAt(20, 3, 0);
    expect(metrics.relevanceMass(cam, mask).score[0]).toBeCloseTo(12 / total, 6);
    expect(metrics.attributionLocalization(cam, mask, { weighted: true }).score[0]).toBeCloseTo((12 / total) * 8, 5);
    expect(metrics.relevanceRank(cam, mask).score[0]).toBeCloseTo(2 / 3, 6);
    expect(metrics.topKIntersection(cam, mask, { count: 1 }).score[0]).toBe(1);
    // Outside are 4, 6, 6 and 5 of 0 … 3: the 9 is above all 21, the 3 above 16 and beside 5, the 0 beside 4.
    expect(metrics.localizationAuc(cam, mask).score[0]).toBeCloseTo((21 + 16 + 5 / 2 + 4 / 2) / (3 * 21), 6);
    expect(() => metrics.pointingGame(cam, { shape: [3, 4], data: new Uint8Array(12) })).toThrow(
      '"mask" expected rank 3 or 4, got shape [3, 4]',
    );
  });

  test('complexities count voxels', () => {
    const flat = { shape: [1, 24], data: map.data };
    for (const metric of [metrics.complexity, metrics.sparseness, metrics.effectiveComplexity]) {
      expect(metric(cam).score).toEqual(metric({ shape: [1, 6, 4], data: flat.data }).score);
      expect(metric({ shape: [1, 2, 3, 4, 1], data: flat.data }).score).toEqual(metric(cam).score);
    }
  });

  test('SSIM is that of each plane, averaged', () => {
    const noise = (seed: number) => Float32Array.from({ length: 3 * 144 }, (_, i) => Math.sin(seed * (i + 1) ** 1.5));
    const [a, b] = [noise(1), noise(2)].map(
      (data) => ({ values: { shape: [1, 3, 12, 12], data }, layout: 'ndhw' }) as unknown as Attribution,
    ) as [Attribution, Attribution];
    const plane = ({ values }: Attribution, d: number) => ({
      shape: [1, 12, 12],
      data: values.data.slice(d * 144, (d + 1) * 144),
    });
    const options = { similarity: 'ssim', dataRange: 2 } as const;
    const each = [0, 1, 2].map((d) => metrics.mapSimilarity(plane(a, d), plane(b, d), options).score[0] as number);
    expect(metrics.mapSimilarity(a, b, options).score[0]).toBeCloseTo((each[0]! + each[1]! + each[2]!) / 3, 6);
    const channels = (map: Attribution) => ({ shape: [...map.values.shape, 1], data: map.values.data });
    expect(metrics.mapSimilarity(channels(a), channels(b), options).score[0]).toBeCloseTo(
      (each[0]! + each[1]! + each[2]!) / 3,
      6,
    );
  });

  test('randomLogit compares maps of volumes plane by plane', async () => {
    const deep = randomized(
      chain(
        [2, 13, 12, 1],
        l.conv3d({ name: 'A', filters: 3, kernelSize: [1, 2, 2], activation: 'relu' }),
        l.flatten(),
        l.dense({ units: 2 }),
      ),
    );
    const volume = inputsOf(deep, 1)[0] as NdArray;
    const { score } = await metrics.randomLogit(deep, volume, { explainer: gradCam, target: 0 });
    const [own, other] = [await gradCam(deep, volume, { target: 0 }), await gradCam(deep, volume, { target: 1 })];
    expect(score).toEqual(metrics.mapSimilarity(own, other, { similarity: 'ssim' }).score);
    deep.dispose();
  });
});
