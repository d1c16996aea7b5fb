export type { NdArray, TypedArray } from '../numeric/ndarray.ts';
export type { QuadratureRule } from '../numeric/quadrature.ts';
export { type Random, random } from '../numeric/random.ts';
export { activations } from './activations.ts';
export type { OutputChoice } from './chosenOutput.ts';
export { type CompileOptions, compile } from './compile.ts';
export {
  type Composite,
  gradientRule,
  type Matcher,
  type Need,
  type Range,
  type Rule,
  type RuleIo,
} from './composite.ts';
export type { Dataset } from './dataset.ts';
export { type FieldBox, fieldBox } from './fieldBox.ts';
export type { ForwardOptions } from './forward.ts';
export type { Graph, Head, OpenShape, OutputLink, Site, Step } from './graph.ts';
export type { GraphModel } from './graphModel/loadedGraph.ts';
export { type LayerGradientOptions, layerGradients } from './layerGradients.ts';
export type { LayerPosition } from './layerPosition.ts';
export type { LoadOptions, ModelFiles, ModelSource } from './loading/source.ts';
export { loadModel } from './loadModel.ts';
export { loadNetwork } from './loadNetwork.ts';
export type { Network } from './network.ts';
export type { NetworkSource } from './networkSource.ts';
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
} from './operation.ts';
export type { PlannedStep } from './plan.ts';
export { type PredictOptions, predict } from './predict.ts';
export { type ReceptiveField, type ReceptiveFieldOptions, receptiveField } from './receptiveField.ts';
export type { BackwardOptions, ForwardRecord, Seeds, Trace, Visitor } from './record.ts';
export { type LayerSummary, type ModelSummary, type OutputSummary, summary } from './summary.ts';
export { type RankedClass, topClasses } from './topClasses.ts';
export type { Input, Model, OutputMeaning, Progress, RunOptions, Scale } from './types.ts';
export type {
  Attribution,
  Baseline,
  ContrastTarget,
  ExplainedScore,
  Explainer,
  ExplainOptions,
  OutputTarget,
  ScoreFunction,
  SegmentAttribution,
  Target,
  UnitTarget,
} from './types2.ts';
export { withParameters } from './withParameters.ts';
