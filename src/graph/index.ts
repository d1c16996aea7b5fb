export { type FusedNeighbours, fuseNeighbours } from './fuseNeighbours.ts';
export { type PatternMixture, type PatternMixtureOptions, patternMixture } from './patternMixture.ts';
export { type PatternPurity, patternPurity } from './patternPurity.ts';
export { type NeighbourSelection, selectNeighbours } from './selectNeighbours.ts';
