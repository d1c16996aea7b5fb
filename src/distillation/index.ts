export { hierarchyLoss } from './hierarchy/hierarchyLoss.ts';
export { type HierarchyPrediction, type HierarchyStep, hierarchyPredict } from './hierarchy/hierarchyPredict.ts';
export {
  type HierarchyNode,
  type NeuralBackedOptions,
  type NeuralBackedTree,
  neuralBackedTree,
} from './hierarchy/neuralBackedTree.ts';
export { type DistilledTree, type DistillOptions, distillDecisionTree } from './rationale/distillDecisionTree.ts';
export { type FilterPartMatrix, filterPartMatrix, type PartAnnotations } from './rationale/filterPartMatrix.ts';
export { type GrowthOptions, type GrowthSet, growDecisionTree } from './rationale/growDecisionTree.ts';
export {
  type ImageRationaleOptions,
  type ImageRationales,
  type ImageSource,
  imageRationales,
} from './rationale/imageRationales.ts';
export type { FilterSelection } from './rationale/nodeFit.ts';
export { type ParseOptions, type ParseStep, parseTree } from './rationale/parseTree.ts';
export { type PartEffectsOptions, partEffects } from './rationale/partEffects.ts';
export { type LayerResponses, type RationaleVectors, rationaleVectors } from './rationale/rationaleVectors.ts';
export { routedElsewhere } from './rationale/routedElsewhere.ts';
export type { RationaleSet } from './rationale/samples.ts';
export { type LevelMetrics, type TreeMetricsOptions, treeMetrics } from './rationale/treeMetrics.ts';
export type { GrownTree, Merge, RationaleNode, RationaleTree } from './rationale/types.ts';
export { type FittedSoftTree, fitSoftTree, type SoftTreeOptions } from './soft/fitSoftTree.ts';
export type { SoftLoss } from './soft/leafLoss.ts';
export {
  type SoftExamples,
  type SoftPrediction,
  type SoftTreeLosses,
  softTreeLoss,
  softTreePredict,
} from './soft/softTree.ts';
export type { SoftTree } from './soft/types.ts';
export {
  type SurrogateExamples,
  type SurrogateOptions,
  surrogatePredict,
  surrogateTree,
} from './surrogate/surrogateTree.ts';
export type { Fidelity, SurrogateNode, SurrogateTree } from './surrogate/types.ts';
export { type OutlineOptions, treeOutline } from './text/treeOutline.ts';
export { treeText } from './text/treeText.ts';
export type { AnyTree, TreeOutline } from './text/types.ts';
export type { Numbers } from './vectorOf.ts';
