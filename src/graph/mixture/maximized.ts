import { type Expectation, expectation } from './expectation.ts';
import type { Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';

/** A mixture after some steps of expectation-maximisation. */
export interface Maximized {
  readonly mixture: Mixture;
  /** Before the first and after each step; it never falls. */
  readonly logLikelihood: readonly number[];
  /** Of the mixture at the end. */
  readonly last: Expectation;
}

/** Plain expectation-maximisation of the positions; widths, shifts and weights stay as they are. */
export function maximized(responses: Responses, start: Mixture, iterations: number): Maximized {
  let mixture = start;
  let last = expectation(responses, mixture);
  const logLikelihood = [last.logLikelihood];
  for (let iteration = 0; iteration < iterations; iteration++) {
    mixture = { ...mixture, positions: weightedMeans(mixture, last) };
    last = expectation(responses, mixture);
    logLikelihood.push(last.logLikelihood);
  }
  return { mixture, logLikelihood, last };
}

/** $\mu_V = \sum F r (p - \text{shift}) / \sum F r$; a node that explains nothing stays. */
function weightedMeans({ positions }: Mixture, { mass, sums }: Expectation): Float64Array {
  return positions.map((position, k) => {
    const weight = mass[k >> 1] as number;
    return weight > 0 ? (sums[k] as number) / weight : position;
  });
}

/** $\sqrt{\sum F r \lVert p - \mu - \text{shift} \rVert^2 / 2 \sum F r}$, 0 of a node that explains nothing. */
export function spreadOf({ mass, squares }: Expectation): Float64Array {
  return mass.map((weight, node) => (weight > 0 ? Math.sqrt(Math.max(squares[node] as number, 0) / (2 * weight)) : 0));
}
