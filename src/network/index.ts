export { type ErrorCode, VitrineError } from '../numeric/errors.ts';
export type { NdArray, TypedArray } from '../numeric/ndarray.ts';
export type { QuadratureRule } from '../numeric/quadrature.ts';
export { type Random, random } from '../numeric/random.ts';
export { activations } from './activations.ts';
export { type CompileOptions, compile } from './compile.ts';
export { type FieldBox, fieldBox } from './fields/fieldBox.ts';
export { type ReceptiveField, type ReceptiveFieldOptions, receptiveField } from './fields/receptiveField.ts';
export type { Graph, Head, OpenShape, OutputLink, Site, Step } from './graph/graph.ts';
export type { NetworkSource } from './graph/networkSource.ts';
export type {
  Applied,
  FusedActivation,
  Io,
  Kept,
  LayerMoments,
  Operation,
  OperationKind,
  Parameters,
  Region,
} from './graph/operation.ts';
export type { LayerPosition } from './graph/site.ts';
export type { GraphModel } from './graphModel/loadedGraph.ts';
export type { OutputChoice } from './heads/chosenOutput.ts';
export type { LoadOptions, ModelFiles, ModelSource } from './loading/source.ts';
export { loadModel } from './loadModel.ts';
export { loadNetwork } from './loadNetwork.ts';
export type { Network } from './network.ts';
export type { PlannedStep } from './plan/plan.ts';
export { type PredictOptions, predict } from './predict.ts';
export { type LayerSummary, type ModelSummary, type OutputSummary, summary } from './summary.ts';
export { type RankedClass, topClasses } from './topClasses.ts';
export type { Input, Model, OutputMeaning, Progress, RunOptions, Scale } from './types.ts';
export {
  type Composite,
  gradientRule,
  type Matcher,
  type Need,
  type Range,
  type Rule,
  type RuleIo,
} from './walk/composite.ts';
export type { ForwardOptions } from './walk/forward.ts';
export type { BackwardOptions, ForwardRecord, Seeds, Trace, Visitor } from './walk/record.ts';
export { withParameters } from './withParameters.ts';
