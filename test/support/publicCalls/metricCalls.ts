import { gradient } from '../../../src/attribution/gradient/gradient.ts';
import { integratedGradients } from '../../../src/attribution/path/integratedGradients.ts';
import * as m from '../../../src/metrics/index.ts';
import type { Input, Model } from '../../../src/network/types.ts';
import type { ExplainOptions } from '../../../src/scoring/types.ts';
import type { Given } from './given.ts';
import { type PublicCall, type PublicCalls, sent } from './sent.ts';

const x = (given: Given) => given.input([2, 12, 12, 3], 1);
const baseline = (given: Given) => given.input([12, 12, 3], 2);

/** A metric of a map. */
function ofMap<O>(
  metric: (model: Model, x: Input, options: ExplainOptions & O & m.AttributionOption) => Promise<unknown>,
  options: (given: Given) => Omit<O, 'attribution'>,
): PublicCall {
  return (given) =>
    sent(metric, given.pictures, x(given), {
      target: [0, 2],
      attribution: given.array([2, 12, 12], 7),
      ...given.run,
      ...options(given),
    } as never);
}

/** A metric of a method. */
function ofMethod<O>(
  metric: (model: Model, x: Input, options: ExplainOptions & O & m.ExplainerOption) => Promise<unknown>,
  options: (given: Given) => Omit<O, 'explainer'> = () => ({}) as never,
): PublicCall {
  return (given) =>
    sent(metric, given.pictures, x(given), {
      target: [0, 2],
      explainer: gradient,
      ...given.run,
      ...options(given),
    } as never);
}

const subsets = () => ({
  shape: [2, 12, 12],
  data: Int32Array.from({ length: 288 }, (_, i) => ((i * 7) % 11 < 5 ? 1 : 0)),
});

/** Metrics of attributions. */
export const metricCalls: PublicCalls = {
  deletion: ofMap(m.deletion, (given) => ({ perStep: 16, baseline: baseline(given) })),
  insertion: ofMap(m.insertion, (given) => ({ perStep: 16, baseline: baseline(given) })),
  pixelFlipping: ofMap(m.pixelFlipping, (given) => ({ perStep: 48, baseline: baseline(given) })),
  regionPerturbation: ofMap(m.regionPerturbation, (given) => ({ patch: 4, baseline: baseline(given) })),
  irof: ofMap(m.irof, (given) => ({
    segments: { shape: [12, 12], data: Int32Array.from({ length: 144 }, (_, i) => Math.floor(i / 36)) },
    baseline: baseline(given),
  })),
  road: ofMap(m.road, () => ({ shares: [0.3, 0.6] })),
  infidelity: ofMap(m.infidelity, (given) => ({ perturbations: given.array([2, 2, 12, 12, 3], 8) })),
  faithfulnessCorrelation: ofMap(m.faithfulnessCorrelation, (given) => ({
    subsets: subsets(),
    baseline: baseline(given),
  })),
  faithfulnessEstimate: ofMap(m.faithfulnessEstimate, (given) => ({ perStep: 64, baseline: baseline(given) })),
  monotonicity: ofMap(m.monotonicity, (given) => ({ perStep: 64, baseline: baseline(given) })),
  monotonicityCorrelation: ofMap(m.monotonicityCorrelation, () => ({ perStep: 64, samples: 2 })),
  sensitivityN: ofMap(m.sensitivityN, (given) => ({ sizes: [3, 9], samples: 4, baseline: baseline(given) })),
  muFidelity: ofMap(m.muFidelity, (given) => ({ samples: 5, grid: 4, baseline: baseline(given) })),
  averageDrop: ofMap(m.averageDrop, (given) => ({ baseline: baseline(given) })),
  maxSensitivity: ofMethod(m.maxSensitivity, (given) => ({ perturbed: given.array([2, 2, 12, 12, 3], 9) })),
  averageSensitivity: ofMethod(m.averageSensitivity, () => ({ samples: 2 })),
  localLipschitz: ofMethod(m.localLipschitz, () => ({ samples: 2 })),
  modelRandomization: ofMethod(m.modelRandomization, () => ({ layers: ['conv', 'head'] })),
  randomLogit: ofMethod(m.randomLogit, () => ({ other: [1, 1] })),
  inputInvariance: ofMethod(m.inputInvariance, () => ({ shift: [0.1, 0.2, 0.3] })),
  evaluate: (given) =>
    sent(m.evaluate, {
      model: given.pictures,
      x: x(given),
      explainers: {
        gradient,
        path: (model, input, options) => integratedGradients(model, input, { ...options, steps: 2 }),
      },
      metrics: {
        drop: m.averageDrop,
        sensitivity: (model, input, options) => m.maxSensitivity(model, input, { ...options, samples: 2 }),
      },
      target: [0, 2],
      ...given.run,
    }),
};
