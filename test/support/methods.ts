import * as attribution from '../../src/attribution/index.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../src/network/types.ts';

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
    attribution.expectedGradients(model, x, { ...options, samples: 3, noise: 0.1, background: x }),
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
};
