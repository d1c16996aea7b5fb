export type { CamOptions } from './cam/cam.ts';
export { type EigenCamOptions, eigenCam } from './cam/eigenCam.ts';
export { eigenGradCam } from './cam/eigenGradCam.ts';
export { elementWiseCam } from './cam/elementWiseCam.ts';
export { gradCam } from './cam/gradCam.ts';
export { type GradCamPlusPlusOptions, gradCamPlusPlus } from './cam/gradCamPlusPlus.ts';
export { guidedGradCam } from './cam/guidedGradCam.ts';
export { hiResCam } from './cam/hiResCam.ts';
export { layerCam } from './cam/layerCam.ts';
export { xGradCam } from './cam/xGradCam.ts';
export type { LayerOption } from './gradient/backpropagated.ts';
export { deconvnet } from './gradient/deconvnet.ts';
export { type FullGradient, fullGrad } from './gradient/fullGrad.ts';
export { gradient } from './gradient/gradient.ts';
export { gradientTimesInput } from './gradient/gradientTimesInput.ts';
export { guidedBackprop } from './gradient/guidedBackprop.ts';
export type { RulesOption } from './gradient/rectified.ts';
export { type ExpectedGradientsOptions, expectedGradients } from './path/expectedGradients.ts';
export { type IntegratedGradientsOptions, integratedGradients } from './path/integratedGradients.ts';
export {
  type NoiseTunnelOptions,
  noiseTunnel,
  smoothGrad,
  squareGrad,
  varGrad,
} from './path/noiseTunnel.ts';
export { type PartialOption, progressive } from './progressive.ts';
