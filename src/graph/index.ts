export type { FeatureMaps, LayerMaps } from '../readings/mapSource.ts';
export {
  type DisentangledFilter,
  type FilterPart,
  type FilterPartsOptions,
  filterParts,
  type PartPeak,
} from './filterParts.ts';
export { type ExplanatoryGraphOptions, fitExplanatoryGraph, type GraphNegatives } from './fitExplanatoryGraph.ts';
export { fitPatternMixture, type PatternMixture, type PatternMixtureOptions } from './fitPatternMixture.ts';
export { graphDot, graphMl } from './graphFormats.ts';
export type { LayerInference, PatternInference } from './inference.ts';
export { inferPatterns } from './inferPatterns.ts';
export { type AnsweredImage, answerQuestion, type LearningContext } from './localization/answerQuestion.ts';
export { type AskOptions, askNext } from './localization/askNext.ts';
export { includePatterns, type PatternChoice } from './localization/includePatterns.ts';
export { type LearnByAskingOptions, learnByAsking } from './localization/learnByAsking.ts';
export { learnPartTemplates, type PartTemplateOptions } from './localization/learnPartTemplates.ts';
export { type LocalizedPart, localizePart } from './localization/localizePart.ts';
export { parsePartTemplates } from './localization/parsePartTemplates.ts';
export type {
  PartAnnotation,
  PartAnswer,
  PartDialogue,
  PartExamples,
  PartPlace,
  PartQuestion,
  PartTemplate,
  PartTemplates,
  VotingPattern,
} from './localization/types.ts';
export { type FusedNeighbours, fuseNeighbours, type NeighbourSelection, selectNeighbours } from './neighbours.ts';
export { parseExplanatoryGraph } from './parseExplanatoryGraph.ts';
export { type PatternHeatmapOptions, patternHeatmap } from './patternHeatmap.ts';
export { type PatternPatch, type PatternPatchesOptions, patternPatches } from './patternPatches.ts';
export { type PatternPurity, patternPurity } from './patternPurity.ts';
export {
  type SyntheticPart,
  type SyntheticPatterns,
  type SyntheticPatternsOptions,
  type SyntheticUnit,
  syntheticPatterns,
} from './syntheticPatterns.ts';
export type { ExplanatoryGraph, GraphLayer, PatternNode } from './types.ts';
