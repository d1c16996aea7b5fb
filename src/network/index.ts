export type { NdArray, TypedArray } from '../numeric/ndarray.ts';
export type { QuadratureRule } from '../numeric/quadrature.ts';
export { type Random, random } from '../numeric/random.ts';
export { activations } from './activations.ts';
export { compile } from './compile.ts';
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
export type { Graph, Head, OpenShape, Site, Step } from './graph.ts';
export { type LayerGradientOptions, layerGradients } from './layerGradients.ts';
export type { ModelFiles } from './loading/openSource.ts';
export { type LoadOptions, loadModel } from './loadModel.ts';
export type { Network } from './network.ts';
export type {
  FusedActivation,
  Io,
  Kept,
  Operation,
  OperationKind,
  Parameters,
  Region,
} from './operation.ts';
export type { PlannedStep } from './plan.ts';
export { type PredictOptions, predict } from './predict.ts';
export { type ReceptiveField, type ReceptiveFieldOptions, receptiveField } from './receptiveField.ts';
export type { BackwardOptions, ForwardRecord, Seeds, Trace, Visitor } from './record.ts';
export { type LayerSummary, type ModelSummary, summary } from './summary.ts';
export { type RankedClass, topClasses } from './topClasses.ts';
export type {
  Attribution,
  Baseline,
  ContrastTarget,
  Explainer,
  ExplainOptions,
  Input,
  Model,
  OutputTarget,
  Progress,
  RunOptions,
  Scale,
  ScoreFunction,
  SegmentAttribution,
  Target,
  UnitTarget,
} from './types.ts';
export { withParameters } from './withParameters.ts';
