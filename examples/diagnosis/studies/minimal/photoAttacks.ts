import type { NdArray, Network } from 'vitrine';
import { type Adversarial, attacks, minimalPerturbation, pixelBudget } from 'vitrine/diagnosis';
import { scale } from '../../../visualization/network.ts';

type Run = () => Promise<Adversarial>;

/** Every attack on one photo: those within a budget by halving it, those that look for short changes as they are. */
export function photoAttacks(network: Network, x: NdArray): Readonly<Record<string, Run>> {
  const within = { ...scale, seed: 0 };
  return {
    DeepFool: () => attacks.deepFool(network, x, scale),
    'DeepFool, L∞': () => attacks.deepFool(network, x, { ...scale, norm: 'linf' }),
    minimalPerturbation: () => minimalPerturbation(network, x, { ...scale, steps: 40 }),
    'minimal…, L∞': () => minimalPerturbation(network, x, { ...scale, steps: 40, norm: 'linf' }),
    FAB: () => attacks.fab(network, x, { ...scale, steps: 15, targets: 3 }),
    'FAB, L∞': () => attacks.fab(network, x, { ...scale, steps: 15, targets: 3, norm: 'linf' }),
    'CW, short': () => attacks.carliniWagner(network, x, { ...scale, steps: 30, searches: 3 }),
    CW: () =>
      attacks.carliniWagner(network, x, { ...scale, steps: 50, searches: 4, constant: 0.1, learningRate: 5e-4 }),
    'L-BFGS': () => attacks.lbfgs(network, x, { ...scale, steps: 20, searches: 6 }),
    FGSM: () => byHalves((epsilon) => attacks.fgsm(network, x, { ...within, epsilon })),
    FGM: () => byHalves((epsilon) => attacks.fgm(network, x, { ...within, epsilon }), { unit: EUCLIDEAN }),
    PGD: () => byHalves((epsilon) => attacks.pgd(network, x, { ...within, epsilon, steps: 10 })),
    'APGD dlr': () => byHalves((epsilon) => attacks.apgd(network, x, { ...within, epsilon, steps: 20, loss: 'dlr' })),
    Square: () =>
      byHalves((epsilon) => attacks.square(network, x, { ...within, epsilon, evaluations: 100, rescale: true }), {
        halvings: 4,
      }),
    'one pixel': () => attacks.onePixel(network, x, { ...within, population: 20, steps: 10 }),
    'ten pixels': () => attacks.onePixel(network, x, { ...within, pixels: 10, population: 10, steps: 10 }),
  };
}

/** An image of 224 × 224 × 3 numbers whose changes are a shade each is 388 shades long. */
const EUCLIDEAN = 388;

/** The smallest success between 0 and 4 shades; queries and gradients are those of all tries. */
async function byHalves(
  attack: (epsilon: number) => Promise<Adversarial>,
  { unit = 1, halvings = 10 } = {},
): Promise<Adversarial> {
  let [low, high] = [0, 4];
  let found = await attack(lengthOf(high, unit));
  let [queries, gradients] = [found.queries, found.gradients];
  for (let halving = 0; halving < halvings && found.success[0]; halving++) {
    const tried = (low + high) / 2;
    const next = await attack(lengthOf(tried, unit));
    queries = queries.map((count, i) => count + (next.queries[i] as number));
    gradients = gradients.map((count, i) => count + (next.gradients[i] as number));
    if (next.success[0]) [found, high] = [next, tried];
    else low = tried;
  }
  return { ...found, queries, gradients };
}

function lengthOf(shades: number, unit: number): number {
  return (pixelBudget(shades, scale) as number) * unit;
}
