export { blur } from './blur.ts';
export { noise } from './noise.ts';
export { normalizeGradient } from './normalizeGradient.ts';
export { randomCrop } from './randomCrop.ts';
export { resizeTo, scale } from './scaling.ts';
export { atlas, light, maco, standard } from './sets.ts';
export { cropOrPadTo, jitter, pad } from './shifts.ts';
export { mirror, rotate } from './turns.ts';
