import type { Random } from '../../numeric/random.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { Mixture } from '../mixture/densities.ts';
import { type Maximized, maximized, type WidthRange } from '../mixture/maximized.ts';
import { type NodePeaks, type PeakKind, peaksOf } from '../mixture/peaksOf.ts';
import type { Responses } from '../mixture/responses.ts';
import { displacements, followers, gaussianProduct, greatestFirst, writeProduct } from '../neighbours.ts';
import type { Candidates } from './candidates.ts';
import { initialPositions } from './initialPositions.ts';

/** What the units of a layer are fitted with. */
export interface UnitPlan {
  readonly patterns: number;
  readonly iterations: number;
  readonly neighbours: number;
  readonly noneDensity: number;
  /** The width with which nodes without neighbours begin, in pixels. */
  readonly width: number;
  /** Between which their widths are fitted. */
  readonly widths: WidthRange;
  readonly peaks: PeakKind;
  /** Of the layer above; none at the top. */
  readonly candidates?: Candidates;
}

/** The nodes of one unit. */
export interface FittedUnit {
  readonly fit: Maximized;
  readonly peaks: NodePeaks;
  /** Of each node, places among the candidates. */
  readonly neighbours: readonly (readonly number[])[];
  readonly alone: readonly number[];
  readonly withNeighbours: readonly number[];
}

/** Choices of neighbours after the first. */
const CHOICES = 3;

/**
 * Fits the nodes of a unit: alone first; then, below another layer, with neighbours, which are chosen again a few
 * times. A new choice is taken only if the likelihood does not fall by it.
 */
export function* fitUnit(responses: Responses, plan: UnitPlan, random: Random): Sliced<FittedUnit> {
  const { patterns, iterations, noneDensity, width, widths, peaks, candidates } = plan;
  const start: Mixture = {
    positions: initialPositions(responses, patterns, random),
    variances: new Float64Array(patterns).fill(width ** 2),
    noneDensity,
  };
  if (!candidates) {
    const fit = yield* maximized(responses, start, { iterations, widths });
    const neighbours = new Array<readonly number[]>(patterns).fill([]);
    return {
      fit,
      peaks: yield* peaksOf(responses, fit.mixture, peaks),
      neighbours,
      alone: fit.logLikelihood,
      withNeighbours: [],
    };
  }
  const steps = Math.ceil(iterations / (CHOICES + 1));
  const alone = yield* maximized(responses, start, { iterations: steps, widths });
  let neighbours = yield* chosen(yield* peaksOf(responses, alone.mixture, peaks), { ...plan, candidates });
  let fit = yield* maximized(responses, withNeighbours(alone.mixture, candidates, neighbours), { iterations: steps });
  const logLikelihood = [...fit.logLikelihood];
  for (let choice = 1; choice < CHOICES; choice++) {
    const others = yield* chosen(yield* peaksOf(responses, fit.mixture, peaks), { ...plan, candidates });
    const other = yield* maximized(responses, withNeighbours(fit.mixture, candidates, others), { iterations: steps });
    const before = logLikelihood[logLikelihood.length - 1] as number;
    const isTaken = (other.logLikelihood[0] as number) >= before;
    if (isTaken) neighbours = others;
    fit = isTaken ? other : yield* maximized(responses, fit.mixture, { iterations: steps });
    logLikelihood.push(...fit.logLikelihood.slice(1));
  }
  return {
    fit,
    peaks: yield* peaksOf(responses, fit.mixture, peaks),
    neighbours,
    alone: alone.logLikelihood,
    withNeighbours: logLikelihood,
  };
}

/** For each node the candidates that follow it best. */
function* chosen(
  { positions, scores }: NodePeaks,
  { candidates, neighbours, patterns }: UnitPlan & { readonly candidates: Candidates },
): Sliced<readonly (readonly number[])[]> {
  const images = scores.length / patterns;
  const best: (readonly number[])[] = [];
  for (let node = 0; node < patterns; node++) {
    const own = displacements(positions, { node, images });
    const seen = scores.subarray(node * images, (node + 1) * images);
    best.push(greatestFirst(followers(own, seen, candidates.moves), neighbours));
    yield 10 * candidates.moves.length;
  }
  return best;
}

function withNeighbours(
  { positions, noneDensity }: Mixture,
  { moves, sigmas }: Candidates,
  neighbours: readonly (readonly number[])[],
): Mixture {
  const products = neighbours.map((own) => gaussianProduct(own.map((k) => sigmas[k] as number)));
  const images = moves.length / (2 * sigmas.length);
  const [shifts, weights] = [
    new Float64Array(2 * images * neighbours.length),
    new Float64Array(images * neighbours.length),
  ];
  products.forEach((product, node) => {
    writeProduct({ shifts, weights }, product, {
      moves,
      neighbours: neighbours[node] as readonly number[],
      images,
      node,
    });
  });
  return {
    positions,
    noneDensity,
    variances: Float64Array.from(products, ({ variance }) => variance),
    shifts,
    weights,
  };
}
