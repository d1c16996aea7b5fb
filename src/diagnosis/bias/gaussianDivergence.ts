import type { Relation } from './types.ts';

/** A normal distribution. */
export interface Gaussian {
  readonly mean: number;
  readonly deviation: number;
}

/** $\mathrm{KL}(p^* \,\|\, p) = \log\frac{\sigma}{\sigma^*} + \frac{\sigma^{*2} + (\mu^* - \mu)^2}{2\sigma^2} - \frac12$ of normal distributions. */
export function gaussianDivergence(expected: Gaussian, found: Gaussian): number {
  const [wanted, own] = [Math.max(expected.deviation, LEAST), Math.max(found.deviation, LEAST)];
  return Math.log(own / wanted) + (wanted ** 2 + (expected.mean - found.mean) ** 2) / (2 * own ** 2) - 0.5;
}

/** A cosine that is the same in all images would be infinitely far from any other. */
const LEAST = 1e-3;

/**
 * What is expected of pairs of each kind: the mean of their means and of their deviations; of those that should be unrelated
 * the mean is 0.
 */
export function expectedGaussians(
  pairs: readonly (Gaussian & { readonly expected: Relation })[],
): Readonly<Record<Relation, Gaussian>> {
  const of = (relation: Relation): Gaussian => {
    const own = pairs.filter(({ expected }) => expected === relation);
    const average = (of: (pair: Gaussian) => number): number =>
      own.reduce((sum, pair) => sum + of(pair), 0) / Math.max(own.length, 1);
    return {
      mean: relation === 'unrelated' ? 0 : average(({ mean }) => mean),
      deviation: average(({ deviation }) => deviation),
    };
  };
  return { positive: of('positive'), negative: of('negative'), unrelated: of('unrelated') };
}
