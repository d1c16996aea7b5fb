export type { PerAxis } from '../numeric/perAxis.ts';
export { type CompletenessOptions, completenessGap } from './completenessGap.ts';
export { complexity } from './complexity/complexity.ts';
export { type EffectiveComplexityOptions, effectiveComplexity } from './complexity/effectiveComplexity.ts';
export { sparseness } from './complexity/sparseness.ts';
export { type Evaluation, type EvaluationTable, evaluate, type Metric, type MetricOptions } from './evaluate.ts';
export type { CurveOptions } from './faithfulness/areaUnderCurve.ts';
export { type AverageDropOptions, averageDrop } from './faithfulness/averageDrop.ts';
export { deletion } from './faithfulness/deletion.ts';
export {
  type FaithfulnessCorrelationOptions,
  faithfulnessCorrelation,
} from './faithfulness/faithfulnessCorrelation.ts';
export { type FaithfulnessEstimateOptions, faithfulnessEstimate } from './faithfulness/faithfulnessEstimate.ts';
export { type InfidelityOptions, infidelity } from './faithfulness/infidelity.ts';
export { insertion } from './faithfulness/insertion.ts';
export { type IrofOptions, irof } from './faithfulness/irof.ts';
export { type MonotonicityOptions, monotonicity } from './faithfulness/monotonicity.ts';
export {
  type MonotonicityCorrelationOptions,
  monotonicityCorrelation,
} from './faithfulness/monotonicityCorrelation.ts';
export { type MuFidelityOptions, muFidelity } from './faithfulness/muFidelity.ts';
export { type ImputationOptions, noisyLinearImputation } from './faithfulness/noisyLinearImputation.ts';
export { pixelFlipping } from './faithfulness/pixelFlipping.ts';
export { type RegionPerturbationOptions, regionPerturbation } from './faithfulness/regionPerturbation.ts';
export { type RoadOptions, road } from './faithfulness/road.ts';
export { type SensitivityNOptions, sensitivityN } from './faithfulness/sensitivityN.ts';
export type { Order } from './faithfulness/steps.ts';
export type { SubsetOptions } from './faithfulness/subsets.ts';
export {
  type CategoryInterpretability,
  type FilterInterpretability,
  filterInterpretability,
} from './filterInterpretability.ts';
export {
  type AttributionLocalizationOptions,
  attributionLocalization,
} from './localization/attributionLocalization.ts';
export { localizationAuc } from './localization/localizationAuc.ts';
export type { Mask } from './localization/masks.ts';
export { type PointingGameOptions, pointingGame } from './localization/pointingGame.ts';
export { relevanceMass } from './localization/relevanceMass.ts';
export { relevanceRank } from './localization/relevanceRank.ts';
export { type TopKOptions, topKIntersection } from './localization/topKIntersection.ts';
export { type BoxDetection, boxDetectionRate } from './location/boxDetectionRate.ts';
export type { Boxes } from './location/boxes.ts';
export {
  type CategoryInstability,
  type ChosenInstability,
  categoryInstability,
} from './location/categoryInstability.ts';
export { centreInBoxRate } from './location/centreInBoxRate.ts';
export type { Placement } from './location/layerMaps.ts';
export { type LocalizationDistance, localizationDistance } from './location/localizationDistance.ts';
export type { LocationData } from './location/locationData.ts';
export { type LocationGrid, type LocationInstability, locationInstability } from './location/locationInstability.ts';
export type { LocationNull, LocationNulls } from './location/locationNulls.ts';
export type { LocationOptions } from './location/locationOptions.ts';
export {
  type PartData,
  type PartInterpretability,
  type PartOptions,
  partInterpretability,
} from './location/partInterpretability.ts';
export { medianPartRadius, type PartMasks } from './location/partMasks.ts';
export { type PeakPositions, peakPositions } from './location/peakPositions.ts';
export { type UnitCategories, unitCategories } from './location/unitCategories.ts';
export { type InputInvarianceOptions, inputInvariance } from './randomization/inputInvariance.ts';
export { mapSimilarity, type SimilarityOptions } from './randomization/mapSimilarity.ts';
export {
  type ModelRandomization,
  type ModelRandomizationOptions,
  modelRandomization,
} from './randomization/modelRandomization.ts';
export { type RandomLogitOptions, randomLogit } from './randomization/randomLogit.ts';
export { averageSensitivity } from './robustness/averageSensitivity.ts';
export { localLipschitz } from './robustness/localLipschitz.ts';
export { maxSensitivity } from './robustness/maxSensitivity.ts';
export type { SensitivityOptions } from './robustness/nearbyMaps.ts';
export type { AttributionOption, ExplainerOption, GivenMap, MetricResult } from './types.ts';
