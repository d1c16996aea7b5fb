export { withNetwork } from '../network/withNetwork.ts';
export { type Directions, directionsOf } from './directions.ts';
export { type LayerGradientOptions, layerGradients } from './layerGradients.ts';
export type { Hideable } from './masking.ts';
export { type PerturbationOptions, type PerturbedExample, perturbedScores } from './perturbedScores.ts';
export { type Scores, scores } from './scores.ts';
export * as targets from './targets/regionTargets.ts';
export type {
  Attribution,
  Baseline,
  BoxTarget,
  ContrastTarget,
  Direction,
  DirectionTarget,
  ExplainedScore,
  Explainer,
  ExplainOptions,
  LayersTarget,
  MaskTarget,
  OutputTarget,
  ScoreFunction,
  SegmentAttribution,
  Target,
  UnitTarget,
} from './types.ts';
