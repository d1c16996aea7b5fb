import { assertArray, assertFiniteArray, assertNumber, assertNumbers, perAxis } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { anything, assertOptions, count, number, type OptionChecks, object, required } from '../numeric/options.ts';
import { atOnce } from '../numeric/sliced.ts';
import type { Mixture } from './mixture/densities.ts';
import { maximized, nodeSpreads } from './mixture/maximized.ts';
import { peaksOf } from './mixture/peaksOf.ts';
import { responsesOf } from './mixture/responses.ts';

/** Options of {@link fitPatternMixture}. */
export interface PatternMixtureOptions {
  /** The pixel of position (0, 0): one number for both axes, or row and column. */
  readonly centre: number | readonly [row: number, column: number];
  /** Pixels from a position to the next. */
  readonly jump: number | readonly [rows: number, columns: number];
  /** Where the nodes begin, in pixels, `[v, 2]`. */
  readonly positions: NdArray<Float32Array | Float64Array>;
  /** The width of a node's Gaussian in pixels, one or one per node; it stays. */
  readonly sigma: number | readonly number[];
  /** How far the neighbours of each node have moved on each image, in pixels, `[v, n, 2]`, or `[n, 2]` the same for all; nowhere by default. */
  readonly shifts?: NdArray<Float32Array | Float64Array>;
  /** The factor Λ of each node's density on each image, `[v, n]`, or `[n]` the same for all; 1 by default. */
  readonly weights?: NdArray<Float32Array | Float64Array>;
  /** The density of what no node explains, per square pixel: τ / area of the image. */
  readonly noneDensity: number;
  /** Steps of expectation-maximisation; 20 by default. */
  readonly steps?: number;
}

/** The part patterns of one unit. */
export interface PatternMixture {
  /** Where the nodes are, in pixels, `[v, 2]`. */
  readonly positions: NdArray<Float64Array>;
  /** Before the first step and after each; it never falls. */
  readonly logLikelihood: Float64Array;
  /** The deviation of what a node explains from where it is expected, per axis in pixels, `[v]`. */
  readonly spread: Float64Array;
  /** How much a node explains, `[v]`. */
  readonly mass: Float64Array;
  /** Where each node is on each image, in pixels, `[v, n, 2]`. */
  readonly peaks: NdArray<Float64Array>;
  /** How well, `[v, n]`. */
  readonly scores: NdArray<Float64Array>;
}

const checks: OptionChecks<PatternMixtureOptions> = {
  centre: required(anything),
  jump: required(anything),
  positions: required(object),
  sigma: required(anything),
  shifts: object,
  weights: object,
  noneDensity: required(number(Number.MIN_VALUE)),
  steps: count(0),
};

/**
 * Learns where the part patterns of one unit lie, by expectation-maximisation.
 *
 * The response $F(x) = \max(f_x, 0)$ at a position counts as that many activations at its pixel $p_x$, each of which
 * one of the nodes or none explains:
 * $$ \log L = \sum_I \sum_x F(x) \log \sum_V \tfrac{1}{N+1} P(p_x|V), \qquad P(p|V) = \Lambda\, \mathcal N(p; \mu_V +
 * \text{shift}, \sigma_V^2) $$
 * A step puts every node at the weighted mean of what it explains, less the shift. `fitExplanatoryGraph` does this for
 * all units and layers, with shifts and weights from the layer above.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", eqs. (1) to (5) and algorithm 1,
 * with the exact maximum in place of a gradient step.
 *
 * @param maps the activations of a unit on images, `[n, h, w]`.
 * @param options `centre`, `jump`, `positions`, `sigma`, `noneDensity`; `shifts`, `weights`, `steps`.
 * @returns positions, likelihoods, and where the nodes are found on each image.
 * @throws {VitrineError} if an array has another shape than the others ask for or is not finite, or a number is out of
 * its range, or if an array is none.
 * @example
 * ```ts
 * import { fitPatternMixture } from 'vitrine/graph';
 * const { positions, logLikelihood } = fitPatternMixture(map, {
 *   centre: 3.5,
 *   jump: 8,
 *   positions: { shape: [2, 2], data: Float64Array.of(20, 20, 90, 90) },
 *   sigma: 15,
 *   noneDensity: 0.1 / 128 ** 2,
 * });
 * console.log(positions.data, logLikelihood);
 * ```
 */
export function fitPatternMixture(
  maps: NdArray<Float32Array | Float64Array>,
  options: PatternMixtureOptions,
): PatternMixture {
  assertOptions(options, checks);
  const { centre, jump, steps = 20 } = options;
  assertArray('maps', maps, [3]);
  assertFiniteArray('maps', maps);
  const [images, rows, columns] = maps.shape as [number, number, number];
  const grid = {
    size: [rows, columns],
    centre: perAxis('centre', centre),
    jump: perAxis('jump', jump, Number.MIN_VALUE),
  } as const;
  const responses = responsesOf(maps.data, images, grid);
  const { mixture, logLikelihood, last } = atOnce(
    maximized(responses, mixtureOf(options, images), { iterations: steps }),
  );
  const nodes = mixture.variances.length;
  const { positions, scores } = atOnce(peaksOf(responses, mixture, 'unit'));
  return {
    positions: { shape: [nodes, 2], data: mixture.positions },
    logLikelihood: Float64Array.from(logLikelihood),
    spread: nodeSpreads(last),
    mass: last.mass,
    peaks: { shape: [nodes, images, 2], data: positions },
    scores: { shape: [nodes, images], data: scores },
  };
}

function mixtureOf({ positions, sigma, shifts, weights, noneDensity }: PatternMixtureOptions, images: number): Mixture {
  assertArray('positions', positions, [2]);
  assertFiniteArray('positions', positions);
  const nodes = positions.shape[0] as number;
  if (positions.shape[1] !== 2) throw shapeError('positions', '[v, 2]', positions.shape);
  const widths = typeof sigma === 'number' ? new Array<number>(nodes).fill(sigma) : sigma;
  assertNumbers('sigma', widths, nodes);
  for (const width of widths) assertNumber('sigma', width, Number.MIN_VALUE);
  return {
    positions: Float64Array.from(positions.data),
    variances: Float64Array.from(widths, (width) => width ** 2),
    noneDensity,
    ...(shifts && { shifts: perNode('shifts', shifts, { nodes, rest: [images, 2] }) }),
    ...(weights && { weights: perNode('weights', weights, { nodes, rest: [images] }) }),
  };
}

/** Values of each node, where they may be given once for all. */
function perNode(
  argument: string,
  array: NdArray<Float32Array | Float64Array>,
  { nodes, rest }: { nodes: number; rest: readonly number[] },
): Float64Array {
  assertArray(argument, array, [rest.length, rest.length + 1]);
  assertFiniteArray(argument, array);
  const isShared = array.shape.length === rest.length;
  if (array.shape.join() !== (isShared ? rest : [nodes, ...rest]).join()) {
    throw shapeError(argument, `[${nodes}, ${rest.join(', ')}] or [${rest.join(', ')}]`, array.shape);
  }
  if (!isShared) return Float64Array.from(array.data);
  const repeated = new Float64Array(nodes * array.data.length);
  for (let node = 0; node < nodes; node++) repeated.set(array.data, node * array.data.length);
  return repeated;
}

function shapeError(argument: string, expected: string, shape: readonly number[]): VitrineError {
  return new VitrineError('bad-shape', `"${argument}" expected shape ${expected}, got [${shape.join(', ')}]`);
}
