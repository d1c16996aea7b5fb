import {
  assertArray,
  assertFiniteArray,
  assertInteger,
  assertList,
  assertNumber,
  assertNumbers,
} from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { joined, type NdArray } from '../numeric/ndarray.ts';
import { object } from '../numeric/options.ts';

/** What the neighbours of a node in the layer above say of it. */
export interface FusedNeighbours {
  /** How far the node is expected from its usual place on each image, in pixels, `[n, 2]`. */
  readonly shift: NdArray<Float64Array>;
  /** $\bar\sigma^2$ in square pixels. */
  readonly variance: number;
  /** Λ of each image: how far the neighbours agree, `[n]`. */
  readonly weights: Float64Array;
}

/**
 * Joins what some nodes of the layer above say of where a node is, into one Gaussian per image.
 *
 * With the displacements $\delta_i$ of the M neighbours from their mean positions and $w_i = 1 / (M \sigma_i^2)$,
 * $$ \prod_i \mathcal N(p; \mu + \delta_i, \sigma_i^2)^{1/M} = \Lambda\, \mathcal N(p; \mu + \textstyle\sum_i w_i
 * \delta_i \bar\sigma^2, \bar\sigma^2), \qquad \bar\sigma^{-2} = \sum_i w_i, $$
 * $$ \Lambda = \exp\Big(-\sum_i \frac{\lVert \text{shift} - \delta_i \rVert^2}{2 M \sigma_i^2}\Big)
 * \frac{\bar\sigma^2}{\prod_i \sigma_i^{2/M}}. $$
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", eq. (4), multiplied out.
 *
 * @param above `positions` `[nodes, n, 2]`, where the nodes of the layer above are on each image in pixels; `sigma`
 * `[nodes]`, the width of each of them in pixels; `neighbours`, which of them are the neighbours.
 * @returns one Gaussian per image: `shift`, `variance`, `weights`.
 * @throws {VitrineError} if there is no neighbour or one is no node, or arrays do not fit, or if an array is none.
 * @example
 * ```ts
 * import { fuseNeighbours } from 'vitrine/graph';
 * const positions = { shape: [2, 2, 2], data: Float64Array.of(10, 10, 14, 12, 40, 52, 44, 52) };
 * const { shift, variance, weights } = fuseNeighbours({ positions, sigma: [6, 9], neighbours: [0, 1] });
 * console.log(shift.data, variance, weights);
 * ```
 */
export function fuseNeighbours(above: {
  readonly positions: NdArray<Float32Array | Float64Array>;
  readonly sigma: ArrayLike<number>;
  readonly neighbours: readonly number[];
}): FusedNeighbours {
  object('above', above);
  const { positions, sigma, neighbours } = above;
  assertArray('positions', positions, [3]);
  assertFiniteArray('positions', positions);
  const [nodes, images, axes] = positions.shape as [number, number, number];
  if (axes !== 2)
    throw new VitrineError(
      'bad-shape',
      `"positions" expected shape [nodes, n, 2], got [${positions.shape.join(', ')}]`,
    );
  assertNumbers('sigma', listed(sigma), nodes);
  assertList('neighbours', neighbours);
  if (neighbours.length === 0)
    throw new VitrineError('bad-argument', '"neighbours" expected at least one node, got none');
  for (const neighbour of neighbours) {
    assertInteger('neighbours', neighbour, [0, nodes - 1]);
    assertNumber('sigma', sigma[neighbour] as number, Number.MIN_VALUE);
  }
  const moves = joined(neighbours.map((node) => displacements(positions.data, { node, images })));
  const product = gaussianProduct(neighbours.map((node) => sigma[node] as number));
  const [shifts, weights] = [new Float64Array(2 * images), new Float64Array(images)];
  writeProduct({ shifts, weights }, product, { moves, neighbours: [...neighbours.keys()], images, node: 0 });
  return { shift: { shape: [images, 2], data: shifts }, variance: product.variance, weights };
}

/** How well nodes of the layer above move along with a node. */
export interface NeighbourSelection {
  /** Of each candidate, `[candidates]`. */
  readonly scores: Float64Array;
  /** The candidates of the greatest scores, the greatest first, the earlier of equals. */
  readonly selected: readonly number[];
}

/**
 * Chooses the nodes of the layer above that move along with a node.
 *
 * $$ \text{score}(V') = \sum_I s_V^I \exp\big(-D_I / 2\bar D\big), \qquad D_I = \lVert \delta_V^I - \delta_{V'}^I
 * \rVert^2, $$
 * with $\bar D$ the mean over candidates and images.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the choice of $E_V$, as the authors'
 * code makes it.
 *
 * @param choice `own` `[n, 2]`, how far the node is from its mean position on each image in pixels; `scores` `[n]`, how
 * well it is seen there; `candidates` `[candidates, n, 2]`, how far each of them is from its mean position; `count`, how
 * many to choose, 15 by default; all where there are fewer.
 * @returns the scores of all and the best.
 * @throws {VitrineError} if shapes do not fit, numbers are not finite or `count` < 1, or if an array is none.
 * @example
 * ```ts
 * import { selectNeighbours } from 'vitrine/graph';
 * const own = { shape: [2, 2], data: Float64Array.of(-3, 1, 3, -1) };
 * const candidates = { shape: [2, 2, 2], data: Float64Array.of(3, 0, -3, 0, -3, 0, 3, 0) };
 * const { selected } = selectNeighbours({ own, scores: [1, 1], candidates, count: 1 });
 * console.log(selected); // [1]
 * ```
 */
export function selectNeighbours(choice: {
  readonly own: NdArray<Float32Array | Float64Array>;
  readonly scores: ArrayLike<number>;
  readonly candidates: NdArray<Float32Array | Float64Array>;
  readonly count?: number;
}): NeighbourSelection {
  object('choice', choice);
  const { own, scores, candidates, count = 15 } = choice;
  assertArray('own', own, [2]);
  assertFiniteArray('own', own);
  assertArray('candidates', candidates, [3]);
  assertFiniteArray('candidates', candidates);
  assertInteger('count', count, [1, Number.POSITIVE_INFINITY]);
  const images = own.shape[0] as number;
  if (own.shape[1] !== 2)
    throw new VitrineError('bad-shape', `"own" expected shape [n, 2], got [${own.shape.join(', ')}]`);
  if (candidates.shape[1] !== images || candidates.shape[2] !== 2) {
    throw new VitrineError(
      'bad-shape',
      `"candidates" expected shape [candidates, ${images}, 2], got [${candidates.shape.join(', ')}]`,
    );
  }
  assertNumbers('scores', listed(scores), images);
  const found = followers(Float64Array.from(own.data), Float64Array.from(scores), Float64Array.from(candidates.data));
  return { scores: found, selected: greatestFirst(found, count) };
}

/** A typed array as a list; what else it is, as it is. */
function listed(numbers: ArrayLike<number>): unknown {
  return ArrayBuffer.isView(numbers) ? Array.from(numbers) : numbers;
}

/** What the geometric mean of some Gaussians is, as far as it does not depend on where they are. */
export interface Product {
  /** $w_i = 1 / (M \sigma_i^2)$. */
  readonly precisions: Float64Array;
  /** $\bar\sigma^2 = 1 / \sum_i w_i$. */
  readonly variance: number;
  /** $\bar\sigma^2 / \prod_i \sigma_i^{2/M}$: Λ where all agree. */
  readonly height: number;
}

/** $\prod_i \mathcal N(p; \mu + \delta_i, \sigma_i^2)^{1/M}$ in closed form (§1.2), for any displacements. */
export function gaussianProduct(sigmas: readonly number[]): Product {
  const count = sigmas.length;
  const precisions = Float64Array.from(sigmas, (sigma) => 1 / (count * sigma ** 2));
  const variance = 1 / precisions.reduce((sum, precision) => sum + precision, 0);
  // ∏ σ^(2/M) as a sum of logarithms: a product of many widths could overflow.
  const logWidths = sigmas.reduce((sum, sigma) => sum + (2 / count) * Math.log(sigma), 0);
  return { precisions, variance, height: variance * Math.exp(-logWidths) };
}

/** Where the shifts and weights of a node begin, and what they are made of. */
export interface Displaced {
  /** Of all nodes that can be neighbours, `[nodes, images, 2]`. */
  readonly moves: Float64Array;
  /** Which of them are. */
  readonly neighbours: readonly number[];
  readonly images: number;
  /** The row of `shifts` and `weights` that is written. */
  readonly node: number;
}

/** Writes the shift and Λ of each image for one node. */
export function writeProduct(
  { shifts, weights }: { readonly shifts: Float64Array; readonly weights: Float64Array },
  { precisions, variance, height }: Product,
  { moves, neighbours, images, node }: Displaced,
): void {
  for (let image = 0; image < images; image++) {
    let [rows, columns] = [0, 0];
    for (let i = 0; i < neighbours.length; i++) {
      const at = 2 * ((neighbours[i] as number) * images + image);
      const share = variance * (precisions[i] as number);
      rows += share * (moves[at] as number);
      columns += share * (moves[at + 1] as number);
    }
    let disagreement = 0;
    for (let i = 0; i < neighbours.length; i++) {
      const at = 2 * ((neighbours[i] as number) * images + image);
      const distance = (rows - (moves[at] as number)) ** 2 + (columns - (moves[at + 1] as number)) ** 2;
      disagreement += (precisions[i] as number) * distance;
    }
    const k = node * images + image;
    shifts[2 * k] = rows;
    shifts[2 * k + 1] = columns;
    weights[k] = height * Math.exp(-disagreement / 2);
  }
}

/** How well the displacements of candidates, `[candidates, images, 2]`, follow a node's own: $\sum_I s_I e^{-D_I / 2 \bar D}$ (§1.4 c). */
export function followers(own: Float64Array, scores: Float64Array, candidates: Float64Array): Float64Array {
  const images = scores.length;
  const count = candidates.length / (2 * images);
  const distances = new Float64Array(count * images);
  let total = 0;
  for (let i = 0; i < count; i++) {
    for (let image = 0; image < images; image++) {
      const at = 2 * (i * images + image);
      const rows = (own[2 * image] as number) - (candidates[at] as number);
      const columns = (own[2 * image + 1] as number) - (candidates[at + 1] as number);
      const distance = rows * rows + columns * columns;
      distances[i * images + image] = distance;
      total += distance;
    }
  }
  // Where nothing moves, all follow equally well.
  const scale = total > 0 ? -distances.length / (2 * total) : 0;
  const sums = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let image = 0; image < images; image++) {
      const score = scores[image] as number;
      if (score > 0) sum += score * Math.exp(scale * (distances[i * images + image] as number));
    }
    sums[i] = sum;
  }
  return sums;
}

/** The places of the greatest values, the greatest first, the earlier of equals. */
export function greatestFirst(values: Float64Array, count: number): readonly number[] {
  const order = Array.from(values, (_, i) => i);
  return order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b).slice(0, count);
}

/** How far a node is from its mean position on each image, `[images, 2]`. */
export function displacements(
  positions: ArrayLike<number>,
  { node, images }: { readonly node: number; readonly images: number },
): Float64Array {
  const start = 2 * node * images;
  const mean = [0, 0];
  for (let k = 0; k < 2 * images; k++)
    mean[k & 1] = (mean[k & 1] as number) + (positions[start + k] as number) / images;
  return Float64Array.from(
    { length: 2 * images },
    (_, k) => (positions[start + k] as number) - (mean[k & 1] as number),
  );
}
