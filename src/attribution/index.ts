export { ablationCam } from './cam/ablationCam.ts';
export type { CamOptions } from './cam/cam.ts';
export { type EigenCamOptions, eigenCam, eigenGradCam } from './cam/eigenCam.ts';
export { elementWiseCam } from './cam/elementWiseCam.ts';
export { type FemCamOptions, femCam } from './cam/femCam.ts';
export { type FinerCamOptions, finerCam } from './cam/finerCam.ts';
export { gradCam } from './cam/gradCam.ts';
export { type GradCamPlusPlusOptions, gradCamPlusPlus } from './cam/gradCamPlusPlus.ts';
export { guidedGradCam } from './cam/guidedGradCam.ts';
export { hiResCam } from './cam/hiResCam.ts';
export { layerCam } from './cam/layerCam.ts';
export { type ScoreCamOptions, scoreCam } from './cam/scoreCam.ts';
export { type WeighedLayer, weighMaps } from './cam/weighMaps.ts';
export { xGradCam } from './cam/xGradCam.ts';
export { centerMap } from './control/centerMap.ts';
export { edgeMap } from './control/edgeMap.ts';
export { randomMap } from './control/randomMap.ts';
export type { LayerOption } from './gradient/backpropagated.ts';
export { deconvnet } from './gradient/deconvnet.ts';
export { type FullGradient, fullGrad } from './gradient/fullGrad.ts';
export { gradient } from './gradient/gradient.ts';
export { gradientTimesInput } from './gradient/gradientTimesInput.ts';
export { guidedBackprop } from './gradient/guidedBackprop.ts';
export { type BlurIntegratedGradientsOptions, blurIntegratedGradients } from './path/blurIntegratedGradients.ts';
export { conductance } from './path/conductance.ts';
export { type ExpectedGradientsOptions, expectedGradients } from './path/expectedGradients.ts';
export { type GuidedIntegratedGradientsOptions, guidedIntegratedGradients } from './path/guidedIntegratedGradients.ts';
export {
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
} from './path/integratedGradients.ts';
export { internalInfluence, type LayerPathOptions } from './path/internalInfluence.ts';
export { type NeuronConductanceOptions, neuronConductance } from './path/neuronConductance.ts';
export {
  type NoiseTunnelOptions,
  noiseTunnel,
  smoothGrad,
  squareGrad,
  varGrad,
} from './path/noiseTunnel.ts';
export { type XraiAttribution, type XraiOptions, xrai } from './path/xrai/xrai.ts';
export { exactShapley } from './perturbation/coalitions/exactShapley.ts';
export { type KernelShapOptions, kernelShap } from './perturbation/coalitions/kernelShap.ts';
export { type LimeAttribution, type LimeOptions, lime } from './perturbation/coalitions/lime.ts';
export { type PartitionShapOptions, partitionShap } from './perturbation/coalitions/partitionShap.ts';
export type { GridMaskOptions, SegmentOptions } from './perturbation/coalitions/segmentGame.ts';
export {
  type SampledShapley,
  type ShapleySamplingOptions,
  shapleySampling,
} from './perturbation/coalitions/shapleySampling.ts';
export { featureAblation } from './perturbation/hiding/featureAblation.ts';
export { type OcclusionOptions, occlusion } from './perturbation/hiding/occlusion.ts';
export { type WordOcclusionOptions, wordOcclusion } from './perturbation/hiding/wordOcclusion.ts';
export {
  type ExtremalPerturbation,
  type ExtremalPerturbationOptions,
  extremalPerturbation,
} from './perturbation/learntMasks/extremalPerturbation.ts';
export {
  type MeaningfulPerturbation,
  type MeaningfulPerturbationOptions,
  meaningfulPerturbation,
} from './perturbation/learntMasks/meaningfulPerturbation.ts';
export { type HsicOptions, hsicAttribution } from './perturbation/randomMasks/hsicAttribution.ts';
export { type RiseOptions, rise } from './perturbation/randomMasks/rise.ts';
export { type SobolOptions, sobolAttribution } from './perturbation/randomMasks/sobolAttribution.ts';
export {
  fitPatchGaussians,
  type PatchGaussians,
  type PatchOptions,
} from './perturbation/windowSampling/fitPatchGaussians.ts';
export {
  type PredictionDifferenceOptions,
  predictionDifference,
} from './perturbation/windowSampling/predictionDifference.ts';
export { type PartialOption, progressive } from './progressive.ts';
export type { SignedExplainer } from './relevance/clear/classResponses.ts';
export { type ClearMap, type ClearMapOptions, clearMap } from './relevance/clear/clearMap.ts';
export type { ConsideredClasses } from './relevance/clear/consideredClasses.ts';
export type { DominantResponse } from './relevance/clear/dominance.ts';
export * as composites from './relevance/composites.ts';
export type { DeepLiftVariant } from './relevance/deepLift/comparison.ts';
export { type DeepLiftOptions, deepLift } from './relevance/deepLift/deepLift.ts';
export { type DeepLiftShapOptions, deepLiftShap } from './relevance/deepLift/deepLiftShap.ts';
export type { DeepLiftRule } from './relevance/deepLift/procedure.ts';
export { type ExcitationBackpropOptions, excitationBackprop } from './relevance/excitationBackprop.ts';
export { type LrpOptions, lrp } from './relevance/lrp.ts';
export { type FitPatternsOptions, fitPatterns } from './relevance/patterns/fitPatterns.ts';
export { patternAttribution, patternNet } from './relevance/patterns/patternNet.ts';
export type { LayerPattern, PatternEstimator, Patterns } from './relevance/patterns/patterns.ts';
export type { PatternOptions } from './relevance/patterns/throughPatterns.ts';
export * as rules from './relevance/rules.ts';
export type { RelevanceCondition, ThroughOption } from './relevance/through.ts';
export type { RuleOptions } from './ruleOptions.ts';
