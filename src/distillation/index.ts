export { type GrowthOptions, type GrowthSet, growDecisionTree } from './rationale/growDecisionTree.ts';
export type { FilterSelection } from './rationale/nodeFit.ts';
export { type LayerResponses, type RationaleVectors, rationaleVectors } from './rationale/rationaleVectors.ts';
export type { RationaleSet } from './rationale/samples.ts';
export type { GrownTree, Merge, RationaleNode, RationaleTree } from './rationale/types.ts';
export type { Numbers } from './vectorOf.ts';
