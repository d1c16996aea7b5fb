export type { PerAxis } from '../numeric/check.ts';
export { type CompletenessOptions, completenessGap } from './completenessGap.ts';
export {
  complexity,
  type EffectiveComplexityOptions,
  effectiveComplexity,
  sparseness,
} from './complexity/complexity.ts';
export { type Evaluation, type EvaluationTable, evaluate, type Metric, type MetricOptions } from './evaluate.ts';
export { type AverageDropOptions, averageDrop } from './faithfulness/averageDrop.ts';
export type { CurveOptions } from './faithfulness/curves.ts';
export { deletion, insertion, pixelFlipping } from './faithfulness/curves.ts';
export {
  type FaithfulnessCorrelationOptions,
  faithfulnessCorrelation,
} from './faithfulness/faithfulnessCorrelation.ts';
export { type FaithfulnessEstimateOptions, faithfulnessEstimate } from './faithfulness/faithfulnessEstimate.ts';
export { type InfidelityOptions, infidelity } from './faithfulness/infidelity.ts';
export { type IrofOptions, irof } from './faithfulness/irof.ts';
export { type MonotonicityOptions, monotonicity } from './faithfulness/monotonicity.ts';
export {
  type MonotonicityCorrelationOptions,
  monotonicityCorrelation,
} from './faithfulness/monotonicityCorrelation.ts';
export { type MuFidelityOptions, muFidelity } from './faithfulness/muFidelity.ts';
export { type ImputationOptions, noisyLinearImputation } from './faithfulness/noisyLinearImputation.ts';
export { type RegionPerturbationOptions, regionPerturbation } from './faithfulness/regionPerturbation.ts';
export { type RoadOptions, road } from './faithfulness/road.ts';
export { type SensitivityNOptions, sensitivityN } from './faithfulness/sensitivityN.ts';
export type { RemovalOrder } from './faithfulness/steps.ts';
export type { SubsetOptions } from './faithfulness/subsets.ts';
export {
  type AttributionLocalizationOptions,
  attributionLocalization,
} from './objects/attributionLocalization.ts';
export { localizationAuc } from './objects/localizationAuc.ts';
export type { ObjectMask } from './objects/masks.ts';
export { type PointingGameOptions, pointingGame } from './objects/pointingGame.ts';
export { relevanceMass } from './objects/relevanceMass.ts';
export { relevanceRank } from './objects/relevanceRank.ts';
export { type TopKOptions, topKIntersection } from './objects/topKIntersection.ts';
export { type InputInvarianceOptions, inputInvariance } from './randomization/inputInvariance.ts';
export { mapSimilarity, type SimilarityOptions } from './randomization/mapSimilarity.ts';
export {
  type ModelRandomization,
  type ModelRandomizationOptions,
  modelRandomization,
} from './randomization/modelRandomization.ts';
export { type RandomLogitOptions, randomLogit } from './randomization/randomLogit.ts';
export type { SensitivityOptions } from './robustness/sensitivity.ts';
export { averageSensitivity, localLipschitz, maxSensitivity } from './robustness/sensitivity.ts';
export type { AttributionOption, ExplainerOption, GivenMap, MetricResult } from './types.ts';
export { type BoxDetection, boxDetectionRate } from './units/boxDetectionRate.ts';
export {
  type CategoryInstability,
  type ChosenInstability,
  categoryInstability,
} from './units/categoryInstability.ts';
export { centerInBoxRate } from './units/centerInBoxRate.ts';
export {
  type CategoryInterpretability,
  type FilterInterpretability,
  filterInterpretability,
} from './units/filterInterpretability.ts';
export { type LocalizationDistance, localizationDistance } from './units/localizationDistance.ts';
export type { BoxArray, LocationData } from './units/locationData.ts';
export { type LocationGrid, type LocationInstability, locationInstability } from './units/locationInstability.ts';
export type { LocationNull, LocationNulls } from './units/locationNulls.ts';
export type { LocationOptions } from './units/locationOptions.ts';
export {
  type PartData,
  type PartInterpretability,
  type PartOptions,
  partInterpretability,
} from './units/partInterpretability.ts';
export { medianPartRadius, type PartMasks } from './units/partMasks.ts';
export { type PeakPositions, peakPositions } from './units/peakPositions.ts';
export { type UnitCategories, unitCategories } from './units/unitCategories.ts';
