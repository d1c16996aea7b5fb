import { assertArray, assertFiniteArray, assertInteger, assertNumber } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { joined, type NdArray } from '../numeric/ndarray.ts';
import { displacements } from './mixture/displacements.ts';
import { productOf, writeProduct } from './mixture/product.ts';

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
 * import { fuseNeighbours } from 'vitrine';
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
  const { positions, sigma, neighbours } = above;
  assertArray('positions', positions, [3]);
  assertFiniteArray('positions', positions);
  const [nodes, images, axes] = positions.shape as [number, number, number];
  if (axes !== 2)
    throw new VitrineError(
      'bad-shape',
      `"positions" expected shape [nodes, n, 2], got [${positions.shape.join(', ')}]`,
    );
  if (sigma.length !== nodes)
    throw new VitrineError('bad-argument', `"sigma" expected ${nodes} numbers, got ${sigma.length}`);
  if (neighbours.length === 0)
    throw new VitrineError('bad-argument', '"neighbours" expected at least one node, got none');
  for (const neighbour of neighbours) {
    assertInteger('neighbours', neighbour, [0, nodes - 1]);
    assertNumber('sigma', sigma[neighbour] as number, Number.MIN_VALUE);
  }
  const moves = joined(neighbours.map((node) => displacements(positions.data, { node, images })));
  const product = productOf(neighbours.map((node) => sigma[node] as number));
  const [shifts, weights] = [new Float64Array(2 * images), new Float64Array(images)];
  writeProduct({ shifts, weights }, product, { moves, neighbours: [...neighbours.keys()], images, node: 0 });
  return { shift: { shape: [images, 2], data: shifts }, variance: product.variance, weights };
}
