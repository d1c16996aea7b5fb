export { type LayerGradientOptions, layerGradients } from './layerGradients.ts';
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
} from './types.ts';
