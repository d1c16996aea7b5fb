import { expect } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { gradientTimesInput } from '../../src/attribution/gradient/gradientTimesInput.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { Model } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { ssim } from '../../src/numeric/ssim.ts';
import type { Baseline, ExplainOptions } from '../../src/scoring/types.ts';
import { readNpy } from './fixtures.ts';

/** A reference case of a metric, as `index.json` describes it. */
export interface MetricGolden {
  readonly id: string;
  readonly metric: string;
  readonly params: {
    readonly attribution?: string | readonly [string, string];
    readonly substrate?: string;
    readonly order?: string;
    readonly output?: 'logit' | 'probability';
    readonly pixelsPerStep?: number;
    readonly elementsPerStep?: number;
    readonly patch?: number;
    readonly normalize?: boolean;
    readonly method?: string;
    readonly fractions?: readonly number[];
    readonly epsilon?: number;
    readonly k?: number;
    readonly weighted?: boolean;
    readonly tolerance?: readonly number[];
    readonly window?: string;
    readonly dataRange?: readonly number[];
  };
  readonly output?: string;
  readonly value?: readonly (number | readonly number[])[];
  readonly rtol: number;
}

/** The reference cases of a model. */
export interface MetricGoldens {
  readonly inputs: Readonly<Record<string, string>>;
  readonly target: { readonly classes: readonly number[] };
  readonly cases: readonly MetricGolden[];
}

/** What a case may use. */
export interface Given {
  readonly model: Model;
  readonly inputs: Readonly<Record<string, NdArray>>;
  readonly target: readonly number[];
}

/** What a case finds: numbers to compare with `value`, and an array to compare with `output`. */
interface Found {
  readonly value?: ArrayLike<number>;
  readonly output?: NdArray | undefined;
}

/** What each reference metric is in the terms of this library. */
export const metricRuns: Readonly<Record<string, (given: Given, golden: MetricGolden) => Promise<Found> | Found>> = {
  deletion: ofCurve(metrics.deletion),
  insertion: ofCurve(metrics.insertion),
  'pixel-flipping': ofCurve(metrics.pixelFlipping),
  'region-perturbation': async (given, golden) =>
    scoreAndCurve(
      await metrics.regionPerturbation(given.model, x(given), {
        ...judged(given, golden),
        patch: golden.params.patch as number,
        baseline: 'zero',
        order: golden.params.order as 'morf',
      }),
    ),
  infidelity: async (given, golden) => ({
    value: (
      await metrics.infidelity(given.model, x(given), {
        ...judged(given, golden),
        perturbations: given.inputs.perturbations as NdArray,
        normalize: golden.params.normalize as boolean,
      })
    ).score,
  }),
  'max-sensitivity': ofNearbyMaps(metrics.maxSensitivity),
  'avg-sensitivity': ofNearbyMaps(metrics.averageSensitivity),
  'local-lipschitz': ofNearbyMaps(metrics.localLipschitz),
  'faithfulness-correlation': async (given, golden) => ({
    value: (
      await metrics.faithfulnessCorrelation(given.model, x(given), {
        ...judged(given, golden),
        subsets: given.inputs.subsets as NdArray,
      })
    ).score,
  }),
  'mu-fidelity': async (given, golden) => ({
    value: (
      await metrics.muFidelity(given.model, x(given), {
        ...judged(given, golden),
        subsets: given.inputs.subsets as NdArray,
      })
    ).score,
  }),
  'sensitivity-n': async (given, golden) => ({
    value: (
      await metrics.sensitivityN(given.model, x(given), {
        ...judged(given, golden),
        subsets: given.inputs['subsets-n'] as NdArray,
      })
    ).curve?.data as Float32Array,
  }),
  irof: async (given, golden) =>
    scoreAndCurve(
      await metrics.irof(given.model, x(given), {
        ...judged(given, golden),
        segments: labels(given),
      }),
    ),
  road: async (given, golden) => ({
    value: (await roadOf(given, golden)).curve?.data as Float32Array,
  }),
  'road-combined': async (given, golden) => ({
    value: (
      await roadOf(given, { ...golden, params: { attribution: 'saliency', output: 'probability', ...golden.params } })
    ).score,
  }),
  'road-imputation': (given, golden) => ({ output: imputed(given, golden) }),
  sparseness: (given, golden) => ({ value: metrics.sparseness(mapOf(given, golden)).score }),
  complexity: (given, golden) => ({ value: metrics.complexity(mapOf(given, golden)).score }),
  'effective-complexity': (given, golden) => ({
    value: metrics.effectiveComplexity(mapOf(given, golden), { share: golden.params.epsilon as number }).score,
  }),
  'relevance-mass': (given, golden) => ({ value: metrics.relevanceMass(mapOf(given, golden), mask(given)).score }),
  'relevance-rank': (given, golden) => ({ value: metrics.relevanceRank(mapOf(given, golden), mask(given)).score }),
  'top-k-intersection': (given, golden) => ({
    value: metrics.topKIntersection(mapOf(given, golden), mask(given), { count: golden.params.k as number }).score,
  }),
  'attribution-localisation': (given, golden) => ({
    value: metrics.attributionLocalization(mapOf(given, golden), mask(given), {
      weighted: golden.params.weighted as boolean,
    }).score,
  }),
  'roc-auc': (given, golden) => ({ value: metrics.localizationAuc(mapOf(given, golden), mask(given)).score }),
  'pointing-game': (given, golden) => {
    const hits = (golden.params.tolerance as number[]).map(
      (tolerance) => metrics.pointingGame(mapOf(given, golden), mask(given), { tolerance }).score,
    );
    return { value: [0, 1].flatMap((example) => hits.map((score) => score[example] as number)) };
  },
  ssim: ({ inputs }, { params: { window = '', dataRange = [] } }) => {
    const [a, b] = [inputs.saliency as NdArray, inputs.saliency2 as NdArray];
    const [, height, width] = a.shape as [number, number, number];
    const plane = ({ data }: NdArray, i: number): Float32Array =>
      data.subarray(i * height * width, (i + 1) * height * width);
    const kind = window.startsWith('uniform') ? 'uniform' : 'gaussian';
    return {
      value: dataRange.map((range, i) =>
        ssim({ a: plane(a, i), b: plane(b, i), height, width }, { window: kind, dataRange: range }),
      ),
    };
  },
  spearman: similar('spearman'),
  pearson: similar('pearson'),
  cosine: similar('cosine'),
  'average-drop': ofDrop('drop'),
  'average-gain': ofDrop('gain'),
  'increase-in-confidence': ofDrop('increase'),
};

function ofCurve(metric: typeof metrics.deletion): (given: Given, golden: MetricGolden) => Promise<Found> {
  return async (given, golden) => {
    const { substrate = 'zeros', order = '', pixelsPerStep, elementsPerStep } = golden.params;
    const baseline: Baseline = substrate === 'zeros' ? 'zero' : (given.inputs[substrate] as NdArray);
    const perStep = (pixelsPerStep ?? elementsPerStep ?? 16) as number;
    const result = await metric(given.model, x(given), {
      ...judged(given, golden),
      baseline,
      perStep,
      order: order.startsWith('exact reverse') ? 'lerf' : 'morf',
    });
    return scoreAndCurve(result);
  };
}

function ofNearbyMaps(metric: typeof metrics.maxSensitivity): (given: Given, golden: MetricGolden) => Promise<Found> {
  return async (given, golden) => {
    const explainer = golden.params.method === 'gradient' ? gradient : gradientTimesInput;
    const { score } = await metric(given.model, x(given), {
      ...scored(given, golden),
      explainer,
      perturbed: given.inputs.perturbed as NdArray,
    });
    return { value: score };
  };
}

function ofDrop(kind: 'drop' | 'gain' | 'increase'): (given: Given, golden: MetricGolden) => Promise<Found> {
  return async (given, golden) => ({
    value: (await metrics.averageDrop(given.model, x(given), { ...judged(given, golden), kind })).score,
  });
}

function similar(similarity: 'spearman' | 'pearson' | 'cosine'): (given: Given, golden: MetricGolden) => Found {
  return ({ inputs }, { id }) => {
    const [a, b] = id === 'spearman-ties' ? halves(inputs.ties as NdArray) : [inputs.saliency, inputs.saliency2];
    return { value: metrics.mapSimilarity(a as NdArray, b as NdArray, { similarity }).score };
  };
}

/** The first and the second map of each example of `[n, 2, h, w]`. */
function halves({ shape: [count = 0, , height = 0, width = 0], data }: NdArray): [NdArray, NdArray] {
  const size = height * width;
  const half = (which: number): NdArray => ({
    shape: [count, height, width],
    data: data.filter((_, i) => Math.floor(i / size) % 2 === which),
  });
  return [half(0), half(1)];
}

function roadOf(given: Given, golden: MetricGolden): Promise<metrics.MetricResult> {
  return metrics.road(given.model, x(given), {
    ...judged(given, golden),
    shares: golden.params.fractions as number[],
    order: (golden.params.order ?? 'combined') as 'morf',
    noise: 0,
  });
}

/** `[n, fractions, h, w, c]`: the pictures without the first pixels of the order. */
function imputed(given: Given, golden: MetricGolden): NdArray {
  const { shape, data } = x(given);
  const values = mapOf(given, golden).data;
  const size = values.length / 2;
  const sign = golden.params.order === 'morf' ? 1 : -1;
  const parts = (golden.params.fractions as number[]).map((fraction) => {
    const removed = new Uint8Array(values.length);
    for (const example of [0, 1]) {
      Array.from({ length: size }, (_, i) => example * size + i)
        .sort((a, b) => sign * ((values[b] as number) - (values[a] as number) || a - b))
        .slice(0, fraction * size)
        .forEach((i) => removed.fill(1, i, i + 1));
    }
    const shapeOfMap = shape.slice(0, 3);
    return metrics.noisyLinearImputation({ shape, data }, { removed: { shape: shapeOfMap, data: removed }, noise: 0 });
  });
  const picture = data.length / 2;
  return {
    shape: [2, parts.length, ...shape.slice(1)],
    data: Float32Array.from(
      [0, 1].flatMap((i) => parts.flatMap((part) => [...part.data.subarray(i * picture, (i + 1) * picture)])),
    ),
  };
}

function scoreAndCurve({ score, curve }: metrics.MetricResult): Found {
  return { value: score, output: curve };
}

function x({ inputs }: Given): NdArray {
  return inputs.x as NdArray;
}

function labels({ inputs }: Given): NdArray<Int32Array> {
  const { shape, data } = inputs.segments as NdArray;
  return { shape, data: Int32Array.from(data) };
}

function mask({ inputs }: Given): NdArray {
  return inputs.mask as NdArray;
}

function mapOf({ inputs }: Given, { params }: MetricGolden): NdArray {
  return inputs[params.attribution as string] as NdArray;
}

function scored({ target }: Given, { params }: MetricGolden): ExplainOptions {
  return { target, ...(params.output && { scale: params.output }), batchSize: 16 };
}

function judged(given: Given, golden: MetricGolden): ExplainOptions & { attribution: NdArray } {
  return { ...scored(given, golden), attribution: mapOf(given, golden) };
}

/** Runs a case and compares what it finds with the reference, within the tolerance the case states. */
export async function expectMetricGolden(given: Given, golden: MetricGolden, folder: string): Promise<void> {
  const run = metricRuns[golden.metric] as (typeof metricRuns)[string];
  const found = await run(given, golden);
  expect(golden.value ?? golden.output).toBeDefined();
  if (golden.value) expectWithin(found.value as ArrayLike<number>, golden.value.flat(), golden.rtol, 1e-6);
  if (!golden.output) return;
  const expected = await readNpy(`${folder}${golden.output}`);
  expect(found.output?.shape).toEqual(expected.shape);
  expectWithin(found.output?.data as Float32Array, expected.data, golden.rtol);
}

function expectWithin(found: ArrayLike<number>, expected: ArrayLike<number>, rtol: number, room = 0): void {
  expect(found.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = Array.from(expected).reduce((most, value, i) => {
    const difference = Math.abs(value - (found[i] as number));
    return Number.isNaN(difference) ? difference : Math.max(most, difference);
  }, 0);
  expect(worst).toBeLessThanOrEqual(rtol * largest + room);
}
