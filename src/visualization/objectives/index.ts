export { only, scaled, sum } from './algebra.ts';
export { alignment, diversity, interpolation } from './batches.ts';
export { blurred, boundary } from './blurs.ts';
export { direction, whitenedDirection } from './directions.ts';
export { channel, layer, logit, match, neuron } from './layers.ts';
export { distance, l1, l2, totalVariation } from './pixels.ts';
