import { gradient } from '../../src/attribution/gradient/gradient.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { Model } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { ExplainOptions } from '../../src/scoring/types.ts';

type Run = (model: Model, x: NdArray, options: ExplainOptions) => Promise<metrics.MetricResult>;

/** Metrics of a map, with settings that keep them quick. */
export const mapMetrics: Readonly<
  Record<string, (model: Model, x: NdArray, options: ExplainOptions & metrics.AttributionOption) => ReturnType<Run>>
> = {
  deletion: (model, x, options) => metrics.deletion(model, x, { ...options, perStep: 128 }),
  insertion: (model, x, options) => metrics.insertion(model, x, { ...options, perStep: 128 }),
  pixelFlipping: (model, x, options) => metrics.pixelFlipping(model, x, { ...options, perStep: 384 }),
  regionPerturbation: (model, x, options) => metrics.regionPerturbation(model, x, { ...options, patch: 8 }),
  irof: (model, x, options) => metrics.irof(model, x, { ...options, segments: { grid: 2 } }),
  road: (model, x, options) => metrics.road(model, x, { ...options, shares: [0.3, 0.6] }),
  infidelity: (model, x, options) => metrics.infidelity(model, x, { ...options, samples: 3 }),
  'infidelity of squares': (model, x, options) =>
    metrics.infidelity(model, x, { ...options, samples: 3, kind: 'square', normalize: true }),
  faithfulnessCorrelation: (model, x, options) => metrics.faithfulnessCorrelation(model, x, { ...options, samples: 4 }),
  faithfulnessEstimate: (model, x, options) => metrics.faithfulnessEstimate(model, x, { ...options, perStep: 64 }),
  monotonicity: (model, x, options) => metrics.monotonicity(model, x, { ...options, perStep: 128 }),
  monotonicityCorrelation: (model, x, options) =>
    metrics.monotonicityCorrelation(model, x, { ...options, perStep: 64, samples: 2 }),
  sensitivityN: (model, x, options) => metrics.sensitivityN(model, x, { ...options, sizes: [8, 64], samples: 4 }),
  muFidelity: (model, x, options) => metrics.muFidelity(model, x, { ...options, samples: 5, grid: 4 }),
  averageDrop: metrics.averageDrop,
  averageGain: (model, x, options) => metrics.averageDrop(model, x, { ...options, kind: 'gain' }),
  increaseInConfidence: (model, x, options) => metrics.averageDrop(model, x, { ...options, kind: 'increase' }),
};

const explainer = gradient;

/** Metrics of an explainer, with settings that keep them quick. */
const explainerMetrics: Readonly<Record<string, Run>> = {
  maxSensitivity: (model, x, options) => metrics.maxSensitivity(model, x, { ...options, explainer, samples: 2 }),
  averageSensitivity: (model, x, options) =>
    metrics.averageSensitivity(model, x, { ...options, explainer, samples: 2 }),
  localLipschitz: (model, x, options) => metrics.localLipschitz(model, x, { ...options, explainer, samples: 2 }),
  modelRandomization: (model, x, options) => metrics.modelRandomization(model, x, { ...options, explainer }),
  'modelRandomization, independent': (model, x, options) =>
    metrics.modelRandomization(model, x, {
      ...options,
      explainer,
      randomize: 'independent',
      layers: ['conv1', 'predictions'],
    }),
  randomLogit: (model, x, options) => metrics.randomLogit(model, x, { ...options, explainer }),
  inputInvariance: (model, x, options) => metrics.inputInvariance(model, x, { ...options, explainer }),
};

/** A map without meaning that depends on each example alone. */
export function anyMap({ shape, data }: NdArray): NdArray {
  const channels = shape.at(-1) as number;
  const values = data.filter((_, i) => i % channels === 0).map((value, i) => Math.sin(3 * value + i / 7));
  return { shape: shape.slice(0, -1), data: values };
}

/** All metrics that take a model, the map of {@link anyMap} given where one is judged. */
export const modelMetrics: Readonly<Record<string, Run>> = {
  ...Object.fromEntries(
    Object.entries(mapMetrics).map(([name, metric]): [string, Run] => [
      name,
      (model, x, options) => metric(model, x, { ...options, attribution: anyMap(x) }),
    ]),
  ),
  ...explainerMetrics,
};
