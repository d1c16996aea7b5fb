// What other modules need of this one beyond its index.
export { mapOf } from './cam/cam.ts';
export { deconvnetComposite, guidedComposite } from './gradient/rectified.ts';
export { type PointSampling, sumGradients } from './path/pathGradients.ts';
export { epsilonPlus } from './relevance/composites.ts';
export { relevanceAtEnds } from './relevance/relevanceAtEnds.ts';
export { wholeComposite } from './relevance/relevanceRules.ts';
