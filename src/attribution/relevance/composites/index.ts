export { epsilonAlpha2Beta1 } from './epsilonAlpha2Beta1.ts';
export { epsilonAlpha2Beta1Flat } from './epsilonAlpha2Beta1Flat.ts';
export { epsilonGammaBox } from './epsilonGammaBox.ts';
export { epsilonPlus } from './epsilonPlus.ts';
export { epsilonPlusFlat } from './epsilonPlusFlat.ts';
export { uniform } from './uniform.ts';
