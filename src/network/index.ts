export type { Precision } from '../backend/kernels/convolve.ts';
export type { WindowGeometry } from '../backend/kernels/geometry.ts';
export { type ErrorCode, VitrineError } from '../numeric/errors.ts';
export type { NdArray, TypedArray } from '../numeric/ndarray.ts';
export type { QuadratureRule } from '../numeric/quadrature.ts';
export { type Random, random } from '../numeric/random.ts';
export { activations } from './activations.ts';
export { type CompileOptions, compile } from './compile.ts';
export { type FieldBox, fieldBox } from './fields/fieldBox.ts';
export { type ReceptiveField, type ReceptiveFieldOptions, receptiveField } from './fields/receptiveField.ts';
export type {
  GraphStep,
  JoinedSteps,
  JoinRequest,
  OpenShape,
  OperationGraph,
  OutputHead,
  OutputLink,
  Site,
} from './graph/graph.ts';
export type { GraphModel } from './graph/graphModel.ts';
export type { NetworkSource } from './graph/networkSource.ts';
export type {
  AppliedFunction,
  FusedActivation,
  KeptValues,
  LayerMoments,
  Operation,
  OperationIo,
  OperationKind,
  OperationParameters,
  OperationRegion,
} from './graph/operation.ts';
export type { LayerPosition } from './graph/site.ts';
export type { OutputChoice } from './heads/chosenOutput.ts';
export type { LoadOptions, ModelFiles, ModelSource } from './loading/source.ts';
export { loadModel } from './loadModel.ts';
export { loadNetwork } from './loadNetwork.ts';
export type { LayerCall } from './lower/lowering.ts';
export { registerLowering } from './lower/registerLowering.ts';
export type { Network } from './network.ts';
export type { OperationSource } from './operations/base.ts';
export type { Margins } from './operations/border.ts';
export type { TransposedGeometry } from './operations/conv2dTranspose.ts';
export { operations, type ReadWeights } from './operations/publicOperations.ts';
export type { PlannedStep } from './plan/plan.ts';
export { type PredictOptions, predict } from './predict.ts';
export { type LayerSummary, type ModelSummary, type OutputSummary, summary } from './summary.ts';
export { type RankedClass, topClasses } from './topClasses.ts';
export type { Input, Model, OutputMeaning, Progress, RunOptions, Scale } from './types.ts';
export {
  type Composite,
  gradientRule,
  type InputRange,
  type Matcher,
  type Rule,
  type RuleIo,
  type RuleNeed,
} from './walk/composite.ts';
export type { ForwardOptions } from './walk/forward.ts';
export type { BackwardOptions, ForwardRecord, WalkSeeds, WalkTrace, WalkVisitor } from './walk/record.ts';
export type { WeightStore } from './walk/store.ts';
export { withParameters } from './withParameters.ts';
