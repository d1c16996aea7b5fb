import * as tf from '@tensorflow/tfjs-core';
import * as a from '../../../src/attribution/index.ts';
import { type PublicCalls, said, sent } from './sent.ts';

const { rules, composites } = a;

/** Rules, composites and what makes a method of a method. */
export const ruleCalls: PublicCalls = {
  'rules.alphaBeta': () => said(rules.alphaBeta, 2, 1),
  'rules.epsilon': () => said(rules.epsilon, 1e-6),
  'rules.flat': () => said(rules.flat),
  'rules.gamma': () => said(rules.gamma, 0.25),
  'rules.norm': () => said(rules.norm),
  'rules.pass': () => said(rules.pass),
  'rules.signal': () => said(rules.signal),
  'rules.wSquare': () => said(rules.wSquare),
  'rules.zBox': () => said(rules.zBox, [-2, -2, -2], 2),
  'rules.zero': () => said(rules.zero),
  'rules.zPlus': () => said(rules.zPlus),
  'composites.epsilonAlpha2Beta1': () => said(composites.epsilonAlpha2Beta1),
  'composites.epsilonAlpha2Beta1Flat': () => said(composites.epsilonAlpha2Beta1Flat),
  'composites.epsilonGammaBox': () => said(composites.epsilonGammaBox, -2, [2, 2, 2]),
  'composites.epsilonPlus': () => said(composites.epsilonPlus),
  'composites.epsilonPlusFlat': () => said(composites.epsilonPlusFlat),
  'composites.uniform': () => said(composites.uniform, rules.epsilon()),
  noiseTunnel: () => said(a.noiseTunnel, a.gradient, { kind: 'smooth', samples: 2, noise: 0.1 }),
  weighMaps: () => said(a.weighMaps, 'own', ({ gradients }) => tf.mean(gradients, 3)),
  'weighMaps()': (given) =>
    sent(
      a.weighMaps('own', ({ gradients }) => tf.mean(gradients, 3)),
      given.pictures,
      given.input([2, 12, 12, 3], 1),
      { target: [0, 2], layer: 'top', rectify: true, size: 'layer', ...given.run },
    ),
  progressive: () => said(a.progressive, a.rise),
};
