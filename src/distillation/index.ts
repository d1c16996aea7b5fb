export type { AnyTree } from './assertTree.ts';
export { hierarchyLoss } from './hierarchy/hierarchyLoss.ts';
export {
  type HierarchyNode,
  type NeuralBackedOptions,
  type NeuralBackedTree,
  neuralBackedTree,
} from './hierarchy/neuralBackedTree.ts';
export { type HierarchyPrediction, type HierarchyStep, predictHierarchy } from './hierarchy/predictHierarchy.ts';
export { type DistilledTree, type DistillOptions, distillDecisionTree } from './rationale/distillDecisionTree.ts';
export {
  type FilterPartMatrix,
  filterPartMatrix,
  type PartAnnotations,
  type PartMatrixOptions,
} from './rationale/filterPartMatrix.ts';
export { type GrowthOptions, type GrowthSet, growDecisionTree } from './rationale/growDecisionTree.ts';
export {
  type ImageRationaleOptions,
  type ImageRationales,
  imageRationales,
} from './rationale/imageRationales.ts';
export type { FilterSelection } from './rationale/nodeFit.ts';
export { type ParseOptions, type ParseStep, parseTree } from './rationale/parseTree.ts';
export { type PartEffectsOptions, partEffects } from './rationale/partEffects.ts';
export { type LayerResponses, type RationaleVectors, rationaleVectors } from './rationale/rationaleVectors.ts';
export { routedElsewhere } from './rationale/routedElsewhere.ts';
export type { RationaleSet } from './rationale/samples.ts';
export { type LevelMetrics, type TreeMetricsOptions, treeMetrics } from './rationale/treeMetrics.ts';
export type { GrownTree, RationaleNode, RationaleTree, TreeMerge } from './rationale/types.ts';
export { type FittedSoftTree, fitSoftTree, type SoftTreeOptions } from './soft/fitSoftTree.ts';
export type { SoftTree } from './soft/gates.ts';
export type { SoftLoss } from './soft/softObjective.ts';
export {
  predictSoftTree,
  type SoftExamples,
  type SoftPrediction,
  type SoftPredictionOptions,
  type SoftTreeLosses,
  type SoftTreeLossOptions,
  softTreeLoss,
} from './soft/softTree.ts';
export {
  predictSurrogate,
  type SurrogateExamples,
  type SurrogateOptions,
  surrogateTree,
} from './surrogate/surrogateTree.ts';
export type { Fidelity, SurrogateNode, SurrogateTree } from './surrogate/types.ts';
export { type OutlineOptions, type TreeOutline, treeOutline, treeText } from './treeOutline.ts';
export type { NumberList } from './vectorOf.ts';
