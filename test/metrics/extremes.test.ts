import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centerMap, edgeMap, gradient } from '../../src/attribution/index.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random, shuffled } from '../../src/numeric/random.ts';
import { thorough } from '../support/backend.ts';
import { linearModel } from '../support/linearModel.ts';
import { fixtureModel } from '../support/models.ts';

describe('the parts of a sum of 256 pixels, the same in reverse order, and shuffled', () => {
  const { uniform } = random(3);
  // What a pixel adds falls from the first to the last.
  const parts = Float32Array.from({ length: 256 }, (_, i) => 1.02 ** -i + 0.01);
  const x = { shape: [1, 16, 16, 1], data: Float32Array.from(parts, () => 0.5 + uniform()) };
  const weights = parts.map((part, i) => part / (x.data[i] as number));
  const map = (data: Float32Array): NdArray => ({ shape: [1, 16, 16], data });
  const order = shuffled(256, random(1).integer);
  const mixed = (data: Float32Array): Float32Array => data.map((_, i) => data[order[i] as number] as number);

  const model = (): LayersModel => linearModel([16, 16, 1], weights, 0.1);
  const judges: Readonly<Record<string, (sum: LayersModel, attribution: NdArray) => Promise<metrics.MetricResult>>> = {
    deletion: (sum, attribution) => metrics.deletion(sum, x, { attribution, perStep: 32 }),
    insertion: (sum, attribution) => metrics.insertion(sum, x, { attribution, perStep: 32, baseline: 0 }),
    pixelFlipping: (sum, attribution) => metrics.pixelFlipping(sum, x, { attribution, perStep: 32 }),
    regionPerturbation: (sum, attribution) =>
      metrics.regionPerturbation(sum, x, { attribution, patch: 4, baseline: 0 }),
    irof: (sum, attribution) => metrics.irof(sum, x, { attribution, segments: { grid: 4 }, baseline: 0 }),
    faithfulnessCorrelation: (sum, attribution) =>
      metrics.faithfulnessCorrelation(sum, x, { attribution, samples: 30, baseline: 0 }),
    faithfulnessEstimate: (sum, attribution) => metrics.faithfulnessEstimate(sum, x, { attribution, perStep: 32 }),
    monotonicityCorrelation: (sum, attribution) =>
      metrics.monotonicityCorrelation(sum, x, { attribution, perStep: 32, samples: 8 }),
    sensitivityN: (sum, attribution) => metrics.sensitivityN(sum, x, { attribution, sizes: [32], samples: 30 }),
    muFidelity: (sum, attribution) => metrics.muFidelity(sum, x, { attribution, grid: 4, samples: 30 }),
    averageDrop: (sum, attribution) => metrics.averageDrop(sum, x, { attribution }),
  };
  const judged = Object.keys(judges);

  test.each(thorough ? judged : judged.slice(0, 2))('%s: the parts first, the reverse last', async (name) => {
    const sum = model();
    const scoreOf = async (attribution: NdArray): Promise<number> => {
      const { score, higherIsBetter } = await (judges[name] as (typeof judges)[string])(sum, attribution);
      return (score[0] as number) * (higherIsBetter ? 1 : -1);
    };
    const [best, middle, worst] = [
      await scoreOf(map(parts)),
      await scoreOf(map(mixed(parts))),
      await scoreOf(map(parts.toReversed())),
    ];
    expect(best).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(worst);
    sum.dispose();
  });

  test('infidelity: the gradient has none, its reverse the most', async () => {
    const sum = model();
    const run = async (data: Float32Array): Promise<number> =>
      (await metrics.infidelity(sum, x, { attribution: map(data), samples: 20 })).score[0] as number;
    const [best, middle, worst] = [
      await run(weights),
      await run(mixed(weights)),
      await run(weights.map((weight) => -weight)),
    ];
    expect(best).toBeLessThan(1e-8);
    expect(middle).toBeGreaterThan(best);
    expect(worst).toBeGreaterThan(middle);
    sum.dispose();
  });

  test('road: to take the object away changes the score, to take the rest away does not', async () => {
    const inObject = (i: number): boolean => Math.floor(i / 16) < 5 && i % 16 < 6;
    const object = Float32Array.from({ length: 256 }, (_, i) => (inObject(i) ? 2 + i / 256 : 0));
    const mean = linearModel(
      [16, 16, 1],
      Float32Array.from({ length: 256 }, (_, i) => Number(inObject(i)) / 30),
    );
    const scene = { shape: [1, 16, 16, 1], data: object };
    const run = async (data: Float32Array): Promise<number> => {
      const { score, higherIsBetter } = await metrics.road(mean, scene, {
        attribution: map(data),
        shares: [0.12, 0.5],
      });
      return (score[0] as number) * (higherIsBetter ? 1 : -1);
    };
    const [best, middle, worst] = [
      await run(object),
      await run(mixed(object)),
      await run(object.map((value) => -value)),
    ];
    expect(best).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(worst);
    mean.dispose();
  });
});

describe('of an object of six pixels in twenty', () => {
  const isInside = (i: number): boolean => i % 5 > 1 && i < 10;
  const mask = { shape: [4, 5], data: Uint8Array.from({ length: 20 }, (_, i) => Number(isInside(i))) };
  const map = (value: (i: number) => number): NdArray => ({
    shape: [4, 5],
    data: Float32Array.from({ length: 20 }, (_, i) => value(i)),
  });
  const inside = map((i) => (isInside(i) ? 1 + i : 0));
  const outside = map((i) => (isInside(i) ? 0 : 1 + i));
  const constant = map(() => 0.7);

  test.each<[string, (map: NdArray) => metrics.MetricResult, number]>([
    ['pointingGame', (given) => metrics.pointingGame(given, mask, { tolerance: 0 }), Number.NaN],
    ['relevanceMass', (given) => metrics.relevanceMass(given, mask), 6 / 20],
    ['relevanceRank', (given) => metrics.relevanceRank(given, mask), Number.NaN],
    ['topKIntersection', (given) => metrics.topKIntersection(given, mask, { count: 6 }), Number.NaN],
    ['attributionLocalization', (given) => metrics.attributionLocalization(given, mask), 6 / 20],
    ['localizationAuc', (given) => metrics.localizationAuc(given, mask), 0.5],
  ])('%s: 1 inside, 0 outside; of a map that orders nothing what is documented', (_name, metric, even) => {
    expect(metric(inside).score[0]).toBeCloseTo(1, 6);
    expect(metric(outside).score[0]).toBeCloseTo(0, 6);
    if (Number.isNaN(even)) expect(metric(constant).score[0]).toBeNaN();
    else expect(metric(constant).score[0]).toBeCloseTo(even, 6);
  });
});

describe('an explanation that does not look at the network', () => {
  const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, random(2).normal) };
  let model: LayersModel;
  beforeAll(async () => {
    model = await fixtureModel('vgg-tiny');
  });
  afterAll(() => model.dispose());

  test('is the same whatever the weights and whatever the class: the worst there is', async () => {
    const randomized = await metrics.modelRandomization(model, x, { explainer: edgeMap });
    randomized.curve?.data.forEach((value) => expect(value).toBeCloseTo(1, 6));
    (await metrics.randomLogit(model, x, { explainer: edgeMap })).score.forEach((value) =>
      expect(value).toBeCloseTo(1, 6),
    );
  });

  test('does not notice a shift that the network takes back, nor noise where it looks at nothing: the best there is', async () => {
    const shifted = await metrics.inputInvariance(model, x, { explainer: edgeMap });
    shifted.score.forEach((value) => expect(value).toBeLessThan(1e-5));
    for (const metric of [metrics.maxSensitivity, metrics.averageSensitivity, metrics.localLipschitz]) {
      const { score } = await metric(model, x, { explainer: centerMap, samples: 3 });
      expect([...score]).toEqual([0, 0]);
      const other = await metric(model, x, { explainer: gradient, samples: 3 });
      expect(Math.min(...other.score)).toBeGreaterThan(0);
    }
  });
});
