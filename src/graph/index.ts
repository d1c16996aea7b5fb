export { assertGraph } from './assertGraph.ts';
export {
  type DisentangledFilter,
  type FilterPart,
  type FilterPartsOptions,
  filterParts,
  type PartPeak,
} from './filterParts.ts';
export { type ExplanatoryGraphOptions, fitExplanatoryGraph, type Negatives } from './fitExplanatoryGraph.ts';
export { type FusedNeighbours, fuseNeighbours } from './fuseNeighbours.ts';
export { graphDot } from './graphDot.ts';
export { graphMl } from './graphMl.ts';
export { inferPatterns, type LayerInference, type PatternInference } from './inferPatterns.ts';
export { type AnsweredImage, answerQuestion, type LearningContext } from './localization/answerQuestion.ts';
export { type AskOptions, askNext } from './localization/askNext.ts';
export type { PartAnswer, PartDialogue, PartPlace, PartQuestion } from './localization/dialogue.ts';
export { includePatterns, type PatternChoice } from './localization/includePatterns.ts';
export { type LearnByAskingOptions, learnByAsking } from './localization/learnByAsking.ts';
export { learnPartTemplates, type PartTemplateOptions } from './localization/learnPartTemplates.ts';
export { type LocalizedPart, localizePart } from './localization/localizePart.ts';
export type { PartAnnotation, PartExamples, PartTemplate, PartTemplates, VotingPattern } from './localization/types.ts';
export { type PatternHeatmapOptions, patternHeatmap } from './patternHeatmap.ts';
export { type PatternMixture, type PatternMixtureOptions, patternMixture } from './patternMixture.ts';
export { type PatternPatch, type PatternPatchesOptions, patternPatches } from './patternPatches.ts';
export { type PatternPurity, patternPurity } from './patternPurity.ts';
export { type NeighbourSelection, selectNeighbours } from './selectNeighbours.ts';
export {
  type SyntheticFilter,
  type SyntheticPart,
  type SyntheticPatterns,
  type SyntheticPatternsOptions,
  syntheticPatterns,
} from './synthetic/syntheticPatterns.ts';
export type { ExplanatoryGraph, FeatureMaps, GraphLayer, LayerMaps, PatternNode } from './types.ts';
