import {
  attacks,
  minimalPerturbation,
  pixelBudget,
  robustness,
  robustnessCurve,
} from '../../../src/diagnosis/index.ts';
import type { Input, Model } from '../../../src/network/types.ts';
import { type PublicCall, type PublicCalls, said, sent } from './sent.ts';

// The data of a call are overwritten: each has its own.
const common = () => ({ epsilon: 0.3, bounds: [-9, 9], batchSize: 1 }) as const;

/** An attack on two pictures. */
function attacked<F extends (model: Model, x: Input, options: never) => Promise<unknown>>(
  attack: F,
  options: () => Parameters<F>[2],
): PublicCall {
  const run = attack as unknown as (model: Model, x: Input, options: object) => Promise<unknown>;
  return (given) =>
    sent(run, given.pictures, given.input([2, 12, 12, 3], 4), { ...given.run, ...(options() as object) });
}

const ensemble = () =>
  [
    { attack: 'apgd', steps: 3, restarts: 1, loss: 'dlr' },
    { attack: 'square', evaluations: 4, rescale: true },
  ] as const;

/** Attacks. */
export const attackCalls: PublicCalls = {
  'attacks.fgsm': attacked(attacks.fgsm, () => ({ ...common(), epsilon: [0.1, 0.2, 0.3], label: [0, 1] }) as const),
  'attacks.fgm': attacked(
    attacks.fgm,
    () =>
      ({
        ...common(),
        loss: 'margin',
        criterion: { target: Int32Array.of(1, 2) },
      }) as const,
  ),
  'attacks.pgd': attacked(
    attacks.pgd,
    () => ({ ...common(), steps: 3, stepSize: 0.1, randomStart: true, seed: 1 }) as const,
  ),
  'attacks.bim': attacked(attacks.bim, () => ({ ...common(), norm: 'l2', steps: 3, stopsEarly: true }) as const),
  'attacks.apgd': attacked(
    attacks.apgd,
    () =>
      ({
        ...common(),
        loss: 'dlr',
        steps: 4,
        restarts: 2,
        output: 0,
        input: 0,
      }) as const,
  ),
  'attacks.apgd with targets': attacked(attacks.apgd, () => ({ ...common(), steps: 3, targets: 2 }) as const),
  'attacks.square': attacked(
    attacks.square,
    () => ({ ...common(), evaluations: 6, share: 0.4, rescale: true }) as const,
  ),
  'attacks.square of whole passes': attacked(
    attacks.square,
    () => ({ ...common(), evaluations: 3, batchSize: 2 }) as const,
  ),
  'attacks.onePixel': attacked(
    attacks.onePixel,
    () =>
      ({
        bounds: [-9, 9],
        pixels: 2,
        search: 'evolution',
        population: 5,
        steps: 2,
        weight: 0.6,
      }) as const,
  ),
  'attacks.onePixel at every place': attacked(
    attacks.onePixel,
    () => ({ bounds: [-9, 9], search: 'exhaustive' }) as const,
  ),
  'attacks.deepFool': attacked(
    attacks.deepFool,
    () => ({ bounds: [-9, 9], norm: 'l2', steps: 3, overshoot: 0.05, candidates: 3, batchSize: 1 }) as const,
  ),
  'attacks.carliniWagner': attacked(
    attacks.carliniWagner,
    () =>
      ({
        bounds: [-9, 9],
        steps: 4,
        searches: 2,
        learningRate: 0.1,
        constant: 1,
        confidence: 0.1,
        batchSize: 1,
      }) as const,
  ),
  'attacks.lbfgs': attacked(
    attacks.lbfgs,
    () => ({ bounds: [-9, 9], steps: 4, searches: 2, criterion: { target: [1, 2] }, batchSize: 1 }) as const,
  ),
  'attacks.fab': attacked(
    attacks.fab,
    () => ({ bounds: [-9, 9], norm: 'linf', steps: 3, targets: 2, batchSize: 1 }) as const,
  ),
  minimalPerturbation: attacked(
    minimalPerturbation,
    () => ({ bounds: [-9, 9], norm: 'l2', steps: 3, directions: 2, batchSize: 1 }) as const,
  ),
  robustness: attacked(robustness, () => ({ ...common(), norm: 'linf', attacks: ensemble() }) as const),
  robustnessCurve: attacked(
    robustnessCurve,
    () =>
      ({
        bounds: [-9, 9],
        epsilons: [[0.1, 0.1, 0.2], 0.3],
        attacks: ensemble(),
      }) as const,
  ),
};

/** What answers without waiting. */
export const budgetCalls: PublicCalls = {
  pixelBudget: () => said(pixelBudget, 4, { mean: [1, 2, 3], std: [4, 5, 6] }),
};
