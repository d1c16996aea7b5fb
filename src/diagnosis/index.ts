export type { Interval } from '../numeric/proportions.ts';
export * as attacks from './attacks/attacks.ts';
export type { ApgdOptions } from './attacks/bounded/apgd.ts';
export type { BudgetOptions, ClimbOptions, OneStepOptions } from './attacks/bounded/boundedOptions.ts';
export type { BimOptions, PgdOptions } from './attacks/bounded/pgd.ts';
export type {
  AttackOptions,
  AttackSettings,
  Bounds,
  ClassChoice,
  InputRange,
  Norm,
} from './attacks/field/attackOptions.ts';
export type { Epsilon } from './attacks/field/ball.ts';
export { pixelBudget } from './attacks/field/inputSpace.ts';
export type { LossName } from './attacks/field/losses.ts';
export type { CarliniWagnerOptions, CarliniWagnerSettings } from './attacks/minimal/carliniWagner.ts';
export type { DeepFoolOptions, DeepFoolSettings } from './attacks/minimal/deepFool.ts';
export type { FabOptions } from './attacks/minimal/fab/fab.ts';
export type { LbfgsOptions } from './attacks/minimal/lbfgs.ts';
export {
  type MinimalPerturbationOptions,
  minimalPerturbation,
} from './attacks/minimal/perturbation/minimalPerturbation.ts';
export type { MinimalPerturbation } from './attacks/minimal/perturbation/types.ts';
export { robustness } from './attacks/robustness/robustness.ts';
export { type RobustnessCurveOptions, robustnessCurve } from './attacks/robustness/robustnessCurve.ts';
export type { EnsembleAttack, EnsembleOptions, RobustnessOptions } from './attacks/robustness/robustnessOptions.ts';
export type {
  AttackRound,
  Robustness,
  RobustnessCurve,
  RobustnessWarning,
} from './attacks/robustness/types.ts';
export type { OnePixelOptions } from './attacks/scores/pixels/onePixel.ts';
export type { SquareOptions } from './attacks/scores/square/square.ts';
export type { Adversarial, ChangeLengths } from './attacks/types.ts';
export type { Attribute } from './bias/attribute.ts';
export { type AttributeRelationsOptions, attributeRelations } from './bias/attributeRelations.ts';
export { type CoOccurrence, coOccurrence } from './bias/coOccurrence.ts';
export { type ErasedScores, type EraseOptions, eraseAndWatch } from './bias/eraseAndWatch.ts';
export type { ErasedPlace } from './bias/erasedScores.ts';
export type { AttributePair, AttributeRelations, Relation } from './bias/types.ts';
export type { PerExample } from './classified.ts';
export {
  type DataValues,
  type KnnShapleyOptions,
  knnShapley,
  type LabelledFeatures,
} from './failures/labels/knnShapley.ts';
export { type LabelIssue, type LabelIssues, labelIssues } from './failures/labels/labelIssues.ts';
export {
  type DescribeSlicesOptions,
  describeSlices,
  type NamedFeatures,
  type SliceDescription,
} from './failures/slices/describeSlices.ts';
export { detectedConcepts } from './failures/slices/detectedConcepts.ts';
export { type FindSlicesOptions, findSlices } from './failures/slices/findSlices.ts';
export type {
  ClassifiedExamples,
  ConfusionCount,
  ErrorRate,
  FoundSlice,
  SliceFindings,
} from './failures/slices/types.ts';
export {
  type ConfidentOptions,
  type ConfidentPredictions,
  confidentPredictions,
} from './failures/unknowns/confidentPredictions.ts';
export type { DescribedExamples } from './failures/unknowns/describedExamples.ts';
export { descriptivePartitions, type PartitionOptions } from './failures/unknowns/descriptivePartitions.ts';
export type { SearchPolicy } from './failures/unknowns/policies.ts';
export type { PartitionedExamples } from './failures/unknowns/searchSpace.ts';
export type {
  DescribedPartition,
  ExamplePartition,
  FeatureCondition,
  SearchedPartition,
  UnknownAnswer,
  UnknownUnknowns,
} from './failures/unknowns/types.ts';
export { type UnknownUnknownsOptions, unknownUnknowns } from './failures/unknowns/unknownUnknowns.ts';
export type { Checkpoint } from './influence/allLayers/checkpoints.ts';
export type { LayerDamping } from './influence/allLayers/curvature.ts';
export type { LabelSamples } from './influence/allLayers/labelSeeds.ts';
export { type FeatureInfluenceOptions, featureInfluence } from './influence/featureInfluence.ts';
export type { LissaSettings } from './influence/head/types.ts';
export { influence } from './influence/influence.ts';
export { type RepresenterOptions, type RepresenterPoints, representerPoints } from './influence/representerPoints.ts';
export { selfInfluence } from './influence/selfInfluence.ts';
export type { TrainingAttackOptions, TrainingAttackSettings } from './influence/trainingAttack/options.ts';
export { type TrainingAttack, trainingAttack } from './influence/trainingAttack/trainingAttack.ts';
export type {
  FeatureExamples,
  Influence,
  InfluenceMethod,
  InfluenceOptions,
  InfluenceReport,
  InfluenceWarning,
  LabelledExamples,
  SelfInfluence,
} from './influence/types.ts';
export { type RefitHeadOptions, type RefittedHead, refitHead } from './repair/refitHead.ts';
export {
  type GroupAccuracy,
  type RepairCheck,
  type RepairReportOptions,
  type RepairRow,
  repairReport,
} from './repair/repairReport.ts';
export { type UnitVector, type WithoutDirectionOptions, withoutDirection } from './repair/withoutDirection.ts';
export { type WithoutUnitsOptions, withoutUnits } from './repair/withoutUnits.ts';
export { classMoments } from './spaces/classMoments.ts';
export type { FeatureOptions } from './spaces/featureOptions.ts';
export {
  type IntrinsicDimension,
  type IntrinsicDimensionOptions,
  intrinsicDimension,
} from './spaces/intrinsicDimension.ts';
export { type LayerClassMomentsOptions, layerClassMoments } from './spaces/layerClassMoments.ts';
export type { ClassMoments } from './spaces/momentsByClass.ts';
export { outlierAuroc } from './spaces/outlierAuroc.ts';
export { type OutlierScores, type OutlierScoresOptions, outlierScores } from './spaces/outlierScores.ts';
export { type Separability, separability } from './spaces/separability.ts';
export { type CkaOptions, cka } from './transfer/cka.ts';
export { type CkaAccumulator, type CkaAccumulatorOptions, ckaAccumulator } from './transfer/ckaAccumulator.ts';
export type { ClassExamples } from './transfer/classExamples.ts';
export { type ClassifierTaskOptions, classifierTask } from './transfer/classifierTask.ts';
export { leep } from './transfer/leep.ts';
export { type LogMeOptions, logMe } from './transfer/logMe.ts';
export { rsa } from './transfer/rsa.ts';
export { type TransferCurveOptions, transferCurve } from './transfer/transferCurve.ts';
export type { CreateModel } from './transfer/transferRows.ts';
export type {
  TransferCurve,
  TransferKind,
  TransferRow,
  TransferSummary,
  TransferTask,
  TransferTraining,
} from './transfer/types.ts';
