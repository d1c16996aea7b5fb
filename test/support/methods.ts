import * as attribution from '../../src/attribution/index.ts';
import { summary } from '../../src/network/summary.ts';
import type { Input, Model } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { Attribution, ExplainOptions } from '../../src/scoring/types.ts';

type Method = (model: Model, x: Input, options: ExplainOptions) => Promise<Attribution>;

/** Every attribution method with settings that keep it quick. */
export const methods: Readonly<Record<string, Method>> = {
  gradient: attribution.gradient,
  gradientTimesInput: attribution.gradientTimesInput,
  deconvnet: attribution.deconvnet,
  guidedBackprop: attribution.guidedBackprop,
  fullGrad: attribution.fullGrad,
  integratedGradients: (model, x, options) =>
    attribution.integratedGradients(model, x, { ...options, steps: 3, baseline: 'uniform' }),
  expectedGradients: (model, x, options) =>
    attribution.expectedGradients(model, x, { ...options, samples: 3, deviation: 0.1, background: x }),
  blurIntegratedGradients: (model, x, options) =>
    attribution.blurIntegratedGradients(model, x, { ...options, steps: 3, maxSigma: 2 }),
  guidedIntegratedGradients: (model, x, options) =>
    attribution.guidedIntegratedGradients(model, x, { ...options, steps: 3 }),
  xrai: (model, x, options) =>
    attribution.xrai(model, x, { ...options, base: attribution.gradientTimesInput, segments: { grid: 3 } }),
  conductance: (model, x, options) =>
    attribution.conductance(model, x, { ...options, layer: innerLayer(model), steps: 3 }),
  internalInfluence: (model, x, options) =>
    attribution.internalInfluence(model, x, { ...options, layer: innerLayer(model), steps: 3 }),
  neuronConductance: (model, x, options) =>
    attribution.neuronConductance(model, x, { ...options, layer: innerLayer(model), unit: 1, steps: 3 }),
  smoothGrad: (model, x, options) => attribution.noiseTunnel(attribution.gradient, { samples: 3 })(model, x, options),
  squareGrad: (model, x, options) =>
    attribution.noiseTunnel(attribution.gradient, { kind: 'square', samples: 3 })(model, x, options),
  varGrad: (model, x, options) =>
    attribution.noiseTunnel(attribution.gradient, { kind: 'variance', samples: 3 })(model, x, options),
  gradCam: attribution.gradCam,
  gradCamPlusPlus: attribution.gradCamPlusPlus,
  hiResCam: attribution.hiResCam,
  xGradCam: attribution.xGradCam,
  layerCam: attribution.layerCam,
  elementWiseCam: attribution.elementWiseCam,
  eigenCam: attribution.eigenCam,
  eigenGradCam: attribution.eigenGradCam,
  guidedGradCam: attribution.guidedGradCam,
  scoreCam: (model, x, options) => attribution.scoreCam(model, x, { ...options, unitCount: 3 }),
  ablationCam: attribution.ablationCam,
  finerCam: (model, x, options) =>
    attribution.finerCam(model, x, { ...(options as { target?: number[] }), similar: 1, strength: 0.5 }),
  femCam: attribution.femCam,
  randomMap: attribution.randomMap,
  centerMap: attribution.centerMap,
  edgeMap: attribution.edgeMap,
  deepLift: (model, x, options) => attribution.deepLift(model, x, { ...options, baseline: 'uniform' }),
  'deepLift by RevealCancel': (model, x, options) =>
    attribution.deepLift(model, x, { ...options, baseline: 'mean', rule: 'revealCancel' }),
  deepLiftShap: (model, x, options) =>
    attribution.deepLiftShap(model, x, { ...options, background: twoConstants(x as NdArray) }),
  lrp: attribution.lrp,
  excitationBackprop: attribution.excitationBackprop,
  'excitationBackprop, contrastive': (model, x, options) =>
    attribution.excitationBackprop(model, x, { ...options, contrastive: true }),
  exactShapley: (model, x, options) => attribution.exactShapley(model, x, { ...options, segments: { grid: 2 } }),
  kernelShap: (model, x, options) =>
    attribution.kernelShap(model, x, { ...options, segments: { grid: 2 }, samples: 6 }),
  shapleySampling: (model, x, options) =>
    attribution.shapleySampling(model, x, { ...options, segments: { grid: 2 }, samples: 2 }),
  partitionShap: (model, x, options) => attribution.partitionShap(model, x, { ...options, evaluations: 8 }),
  lime: (model, x, options) => attribution.lime(model, x, { ...options, segments: { grid: 2 }, samples: 8 }),
  rise: (model, x, options) => attribution.rise(model, x, { ...options, samples: 6, cells: 3 }),
  sobolAttribution: (model, x, options) => attribution.sobolAttribution(model, x, { ...options, cells: 2, samples: 3 }),
  hsicAttribution: (model, x, options) => attribution.hsicAttribution(model, x, { ...options, cells: 2, samples: 8 }),
  occlusion: (model, x, options) => attribution.occlusion(model, x, { ...options, window: 9, stride: 6 }),
  featureAblation: (model, x, options) => attribution.featureAblation(model, x, { ...options, segments: { grid: 2 } }),
  predictionDifference: (model, x, options) =>
    attribution.predictionDifference(model, x, {
      ...options,
      ...{ background: noiseLike(x as NdArray), window: 9, stride: 9, padding: 1, samples: 2 },
    }),
  meaningfulPerturbation: (model, x, options) =>
    attribution.meaningfulPerturbation(model, x, { ...options, steps: 2, cellSize: 4, jitter: 3, start: 'random' }),
  extremalPerturbation: (model, x, options) =>
    attribution.extremalPerturbation(model, x, { ...options, steps: 2, cellSize: 4, sigma: 5, area: 0.3 }),
};

/** A layer in the middle of a reference network. */
function innerLayer(model: Model): string {
  const names = summary(model).layers.map(({ address }) => address);
  const name = ['conv3', 'b1_out', 'ir_dw_relu', 'conv_mix'].find((known) => names.includes(known));
  if (name === undefined) throw new Error(`no known layer in "${names.join(', ')}"`);
  return name;
}

/** Pictures in the shape of the examples, the same for any number of these. */
function noiseLike({ shape, data }: NdArray): NdArray {
  const { normal } = random(17);
  const size = data.length / (shape[0] as number);
  return { shape: [4, ...shape.slice(1)], data: Float32Array.from({ length: 4 * size }, normal) };
}

/** A background that is the same for any number of examples. */
function twoConstants({ shape, data }: NdArray): NdArray {
  const size = data.length / (shape[0] as number);
  return { shape: [2, ...shape.slice(1)], data: new Float32Array(2 * size).fill(0.25, size) };
}
