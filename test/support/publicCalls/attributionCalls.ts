import * as a from '../../../src/attribution/index.ts';
import type { Input, Model } from '../../../src/network/types.ts';
import type { Explainer, ExplainOptions } from '../../../src/scoring/types.ts';
import type { Given } from './given.ts';
import { type PublicCall, type PublicCalls, sent } from './sent.ts';

const x = (given: Given) => given.input([2, 12, 12, 3], 1);

/** A method on two pictures; options are made anew. */
function method<O>(
  explainer: (model: Model, x: Input, options: ExplainOptions & O) => Promise<unknown>,
  options: (given: Given) => O = () => ({}) as O,
): PublicCall {
  return (given) => sent(explainer, given.pictures, x(given), { target: [0, 2], ...given.run, ...options(given) });
}

const segments = () => ({
  shape: [12, 12],
  data: Int32Array.from({ length: 144 }, (_, i) => (i % 12 < 6 ? 0 : 1) + (i < 72 ? 0 : 2)),
});
const pair = (side: number): [number, number] => [side, side];
const baseline = (given: Given) => given.input([12, 12, 3], 2);
const background = (given: Given) => given.input([3, 12, 12, 3], 4);
const parts = (given: Given) => ({ segments: segments(), baseline: baseline(given) });
const withLayer = (given: Given) => ({ layer: 'conv', steps: 3, baseline: baseline(given) });

/** Attribution methods. */
export const attributionCalls: PublicCalls = {
  gradient: method(a.gradient),
  gradientTimesInput: method(a.gradientTimesInput),
  deconvnet: method(a.deconvnet),
  guidedBackprop: method(a.guidedBackprop),
  fullGrad: method(a.fullGrad),
  integratedGradients: method(a.integratedGradients, (given) => ({ steps: 3, baseline: baseline(given) })),
  blurIntegratedGradients: method(a.blurIntegratedGradients, () => ({ steps: 3, maxSigma: 2 })),
  guidedIntegratedGradients: method(a.guidedIntegratedGradients, (given) => ({ steps: 3, baseline: baseline(given) })),
  expectedGradients: method(a.expectedGradients, (given) => ({
    background: background(given),
    samples: 3,
    deviation: [0.1],
  })),
  xrai: method(a.xrai, () => ({ base: a.gradientTimesInput, segments: [segments()] })),
  conductance: method(a.conductance, withLayer),
  internalInfluence: method(a.internalInfluence, withLayer),
  neuronConductance: method(a.neuronConductance, (given) => ({ ...withLayer(given), unit: 1 })),
  smoothGrad: method(a.smoothGrad as Explainer),
  squareGrad: method(a.squareGrad as Explainer),
  varGrad: method(a.varGrad as Explainer),
  noiseTunnel: method(a.noiseTunnel(a.expectedGradients, { samples: 2 }), (given) => ({
    background: background(given),
    samples: 2,
  })),
  deepLift: method(a.deepLift, (given) => ({ baseline: baseline(given) })),
  deepLiftShap: method(a.deepLiftShap, (given) => ({ background: background(given) })),
  lrp: method(a.lrp),
  'lrp through units': method(a.lrp, () => ({ through: { layer: 'conv', unit: [0, 2] } })),
  excitationBackprop: method(a.excitationBackprop),
  patternNet: method(a.patternNet, ({ patterns }) => ({ patterns })),
  patternAttribution: method(a.patternAttribution, ({ patterns }) => ({ patterns })),
  fitPatterns: (given) =>
    sent(
      a.fitPatterns,
      given.pictures,
      given.dataset([given.array([4, 12, 12, 3], 5), given.array([4, 12, 12, 3], 6)]),
      given.run,
    ),
  fitPatchGaussians: (given) =>
    sent(a.fitPatchGaussians, given.input([4, 12, 12, 3], 5), { window: 2, padding: 1, samples: 30 }),
  gradCam: method(a.gradCam),
  gradCamPlusPlus: method(a.gradCamPlusPlus),
  hiResCam: method(a.hiResCam),
  xGradCam: method(a.xGradCam),
  layerCam: method(a.layerCam),
  elementWiseCam: method(a.elementWiseCam),
  eigenCam: method(a.eigenCam),
  eigenGradCam: method(a.eigenGradCam),
  scoreCam: method(a.scoreCam, () => ({ unitCount: 2 })),
  ablationCam: method(a.ablationCam),
  finerCam: (given) => sent(a.finerCam, given.pictures, x(given), { ...given.run, target: [0, 2], similar: [1] }),
  femCam: method(a.femCam),
  guidedGradCam: method(a.guidedGradCam),
  clearMap: (given) => sent(a.clearMap, given.pictures, x(given), { ...given.run, classes: [0, 1] }),
  randomMap: method(a.randomMap),
  centerMap: method(a.centerMap),
  edgeMap: method(a.edgeMap),
  occlusion: method(a.occlusion, (given) => ({ window: pair(3), stride: pair(3), baseline: baseline(given) })),
  wordOcclusion: (given) =>
    sent(
      a.wordOcclusion,
      given.words,
      { shape: [1, 8], data: Float32Array.of(1, 2, 3, 4, 3, 2, 1, 0) },
      { ...given.run, target: [1] },
    ),
  featureAblation: method(a.featureAblation, parts),
  exactShapley: method(a.exactShapley, parts),
  kernelShap: method(a.kernelShap, (given) => ({ ...parts(given), samples: 6 })),
  shapleySampling: method(a.shapleySampling, (given) => ({ ...parts(given), samples: 2 })),
  partitionShap: method(a.partitionShap, (given) => ({ evaluations: 8, baseline: baseline(given) })),
  lime: method(a.lime, (given) => ({ ...parts(given), samples: 8 })),
  rise: method(a.rise, (given) => ({ samples: 4, cells: 3, baseline: baseline(given) })),
  sobolAttribution: method(a.sobolAttribution, (given) => ({ cells: 2, samples: 2, baseline: baseline(given) })),
  hsicAttribution: method(a.hsicAttribution, (given) => ({ cells: 2, samples: 6, baseline: baseline(given) })),
  predictionDifference: method(a.predictionDifference, (given) => ({
    background: given.input([40, 12, 12, 3], 4),
    window: pair(4),
    stride: pair(4),
    samples: 2,
  })),
  meaningfulPerturbation: method(a.meaningfulPerturbation, (given) => ({
    steps: 2,
    cellSize: 4,
    jitter: 2,
    baseline: baseline(given),
  })),
  extremalPerturbation: method(a.extremalPerturbation, () => ({ steps: 2, cellSize: 4, sigma: 5 })),
  progressive: (given) =>
    sent(lastOf, given.pictures, x(given), {
      samples: 4,
      cells: 3,
      baseline: baseline(given),
      target: [0, 2],
      ...given.run,
    }),
};

async function lastOf(
  ...args: Parameters<ReturnType<typeof a.progressive<a.RiseOptions, Awaited<ReturnType<typeof a.rise>>>>>
): Promise<unknown> {
  let last: unknown;
  for await (const partial of a.progressive(a.rise)(...args)) last = partial;
  return last;
}
