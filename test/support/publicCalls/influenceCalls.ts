import {
  featureInfluence,
  influence,
  representerPoints,
  selfInfluence,
  trainingAttack,
} from '../../../src/diagnosis/index.ts';
import type { Given } from './given.ts';
import { type PublicCalls, sent } from './sent.ts';

const training = (given: Given) => ({
  images: given.input([6, 12, 12, 3], 1),
  labels: Int32Array.of(0, 1, 2, 0, 1, 2),
});
const test = (given: Given) => ({ images: given.input([1, 12, 12, 3], 2), labels: Int32Array.of(1) });
const rows = (given: Given) => ({
  features: { shape: [6, 2], data: Float32Array.of(0, 1, 1, 0, 2, 1, 1, 1, 0, 3, 2, 2) },
  labels: Int32Array.of(0, 1, 1, 0, 1, 0),
  ...(given && {}),
});

/** What training examples have done to a network. */
export const influenceCalls: PublicCalls = {
  influence: (given) =>
    sent(influence, given.pictures, training(given), test(given), { penalty: 0.1, refit: true, ...given.run }),
  selfInfluence: (given) => sent(selfInfluence, given.pictures, training(given), { penalty: 0.1, ...given.run }),
  representerPoints: (given) =>
    sent(representerPoints, given.pictures, training(given), test(given), { penalty: 0.1, ...given.run }),
  featureInfluence: (given) =>
    sent(featureInfluence, rows(given), rows(given), { penalty: 0.1, ...signalOf(given.run) }),
  trainingAttack: (given) =>
    sent(trainingAttack, given.pictures, training(given), test(given), {
      bounds: [-10, 10],
      steps: 2,
      penalty: 0.1,
      ...given.run,
    }),
};

function signalOf({ signal }: Given['run']) {
  return signal ? { signal } : {};
}
