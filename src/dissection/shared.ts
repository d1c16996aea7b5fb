// What other modules need of this one beyond its index.
export { litMask } from './masks/litMask.ts';
export { assertDissection } from './results/assertDissection.ts';
export { gather } from './stages/gather.ts';
export { inStages, type RunStage } from './stages/inStages.ts';
export { type RunningStage, type Stage, type StageKind, type StageOf, stageName, startStage } from './stages/stage.ts';
