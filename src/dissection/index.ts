export type { Accumulator } from '../numeric/accumulator.ts';
export type { LabelledActivations, LabelledImage, Labels } from '../readings/labels.ts';
export type { AblationOptions } from './ablation/ablationTask.ts';
export { balancedAccuracy } from './ablation/balancedAccuracy.ts';
export type { ClassAccuracy } from './ablation/classTally.ts';
export {
  type CumulativeAblation,
  type CumulativeAblationOptions,
  cumulativeAblation,
} from './ablation/cumulativeAblation.ts';
export { type UnitAblation, type UnitAblationOptions, unitAblation } from './ablation/unitAblation.ts';
export { type BootstrapIouOptions, bootstrapIou } from './bootstrap/bootstrapIou.ts';
export type { IntervalOptions } from './bootstrap/bootstrapReadings.ts';
export type { BootstrapIou, UnitInterval } from './bootstrap/types.ts';
export { type BrodenDataset, type BrodenOptions, brodenDataset } from './broden/brodenDataset.ts';
export type { ReadFile } from './broden/readNamed.ts';
export {
  type ConceptActivationVectors,
  type ConceptOptions,
  type ConceptScore,
  conceptActivationVectors,
} from './concepts/conceptActivationVectors.ts';
export { type Tally, type TallyOptions, tallyAccumulator } from './counting/tallyAccumulator.ts';
export type { LargestValues } from './counting/thresholdAccumulator.ts';
export { type ThresholdOptions, type ThresholdState, thresholdAccumulator } from './counting/thresholdAccumulator.ts';
export {
  type HistogramBin,
  type HistogramOptions,
  type HistogramState,
  thresholdHistogram,
} from './counting/thresholdHistogram.ts';
export { dissect } from './dissect.ts';
export { type DissectActivationsOptions, dissectActivations } from './dissectActivations.ts';
export {
  type EmpiricalReceptiveField,
  type EmpiricalReceptiveFieldOptions,
  empiricalReceptiveField,
} from './empirical/empiricalReceptiveField.ts';
export { type FieldCrop, type FieldCropOptions, fieldCrop } from './images/fieldCrop.ts';
export type { RelevanceOptions } from './images/relevanceWalk.ts';
export { type TopImage, type TopImagesOptions, topImages } from './images/topImages.ts';
export { type LayerGallery, type UnitGallery, type UnitGalleryOptions, unitGallery } from './images/unitGallery.ts';
export type { EmbeddingOptions } from './net2vec/embedConcepts.ts';
export { type ConceptClassifiersOptions, fitConceptClassifiers } from './net2vec/fitConceptClassifiers.ts';
export { type NearConcept, nearestConcepts, type WeightedConcept } from './net2vec/nearestConcepts.ts';
export { type Net2VecOptions, net2vec } from './net2vec/net2vec.ts';
export type {
  BestUnit,
  ConceptClassifier,
  ConceptClassifiers,
  ConceptEmbedding,
  Net2Vec,
  UnitWeights,
} from './net2vec/types.ts';
export type { DissectionOptions, DissectOptions } from './options.ts';
export type { OutputScale } from './outputs/forEachOutput.ts';
export { type OutputComponentsOptions, outputComponents } from './outputs/outputComponents.ts';
export type { OutputComponent, OutputComponents, OutputExtreme, OutputExtremes } from './outputs/types.ts';
export { dissectionCsv } from './results/dissectionCsv.ts';
export { dissectionJson, parseDissection } from './results/dissectionJson.ts';
export {
  type FactorVariance,
  type FactorVarianceOptions,
  factorVariance,
  type VarianceComponent,
} from './results/factorVariance.ts';
export { chanceIou, intersectionOverUnion, iouCeiling, type RegionOverlap } from './results/iou.ts';
export { mergeDissections } from './results/mergeDissections.ts';
export { type SharedInformation, sharedInformation } from './results/sharedInformation.ts';
export { type AxisComparison, type AxisComparisonOptions, axisComparison } from './rotation/axisComparison.ts';
export { type DirectionDissectionOptions, directionDissection } from './rotation/directionDissection.ts';
export { type RandomDirectionsOptions, randomDirections } from './rotation/randomDirections.ts';
export {
  type RotatedDissection,
  type RotatedDissectionOptions,
  rotatedDissection,
} from './rotation/rotatedDissection.ts';
export type { ByteStore } from './stages/byteStore.ts';
export { type ShiftOptions, shiftLabels } from './synthetic/shiftLabels.ts';
export {
  type SyntheticConcepts,
  type SyntheticOptions,
  type SyntheticSample,
  syntheticConcepts,
} from './synthetic/syntheticConcepts.ts';
export type {
  Concept,
  ConceptMatch,
  DetectorCount,
  Dissection,
  UnitReport,
} from './types.ts';
