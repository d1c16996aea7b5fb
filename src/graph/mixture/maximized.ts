import type { Sliced } from '../../numeric/sliced.ts';
import type { Mixture } from './densities.ts';
import { type Expectation, expectation } from './expectation.ts';
import type { Responses } from './responses.ts';

/** A mixture after some steps of expectation-maximisation. */
export interface Maximized {
  readonly mixture: Mixture;
  /** Before the first and after each step; it never falls. */
  readonly logLikelihood: readonly number[];
  /** Of the mixture at the end. */
  readonly last: Expectation;
}

/** The least and the greatest width that a node may get, in pixels. */
export interface WidthRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Plain expectation-maximisation of the positions; shifts and weights stay as they are, widths too unless a range is
 * given. In a width the expected log-likelihood has one maximum, so that the nearest end of the range is best where that
 * lies outside: the likelihood still does not fall.
 */
export function* maximized(
  responses: Responses,
  start: Mixture,
  { iterations, widths }: { readonly iterations: number; readonly widths?: WidthRange | undefined },
): Sliced<Maximized> {
  let mixture = start;
  let last = yield* expectation(responses, mixture);
  const logLikelihood = [last.logLikelihood];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const positions = weightedMeans(mixture, last);
    mixture = {
      ...mixture,
      positions,
      ...(widths && { variances: fittedVariances(mixture, last, { positions, widths }) }),
    };
    last = yield* expectation(responses, mixture);
    logLikelihood.push(last.logLikelihood);
  }
  return { mixture, logLikelihood, last };
}

/** $\mu_V = \sum F r (p - \text{shift}) / \sum F r$, as a step from the old $\mu_V$; a node that explains nothing stays. */
function weightedMeans({ positions }: Mixture, { mass, offsets }: Expectation): Float64Array {
  return positions.map((position, k) => {
    const weight = mass[k >> 1] as number;
    return weight > 0 ? position + (offsets[k] as number) / weight : position;
  });
}

/** $\sigma_V^2 = \sum F r \lVert p - \mu - \text{shift} \rVert^2 / 2 \sum F r$ about the new positions. */
function fittedVariances(
  { variances, positions: before }: Mixture,
  { mass, squares }: Expectation,
  { positions, widths: { low, high } }: { positions: Float64Array; widths: WidthRange },
): Float64Array {
  return variances.map((variance, node) => {
    const weight = mass[node] as number;
    if (!(weight > 0)) return variance;
    // About the mean there is less than about the old position, by what the node has moved.
    const moved = [0, 1].reduce((sum, axis) => {
      const k = 2 * node + axis;
      return sum + ((positions[k] as number) - (before[k] as number)) ** 2;
    }, 0);
    const own = ((squares[node] as number) / weight - moved) / 2;
    return Math.min(Math.max(own, low ** 2), high ** 2);
  });
}

/** $\sqrt{\sum F r \lVert p - \mu - \text{shift} \rVert^2 / 2 \sum F r}$, 0 of a node that explains nothing. */
export function nodeSpreads({ mass, squares }: Expectation): Float64Array {
  return mass.map((weight, node) => (weight > 0 ? Math.sqrt(Math.max(squares[node] as number, 0) / (2 * weight)) : 0));
}
