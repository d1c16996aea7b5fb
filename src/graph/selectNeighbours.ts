import { assertArray, assertFiniteArray, assertInteger } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { followers, greatestFirst } from './mixture/followers.ts';

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
 * import { selectNeighbours } from 'vitrine';
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
  if (scores.length !== images)
    throw new VitrineError('bad-argument', `"scores" expected ${images} numbers, got ${scores.length}`);
  const found = followers(Float64Array.from(own.data), Float64Array.from(scores), Float64Array.from(candidates.data));
  return { scores: found, selected: greatestFirst(found, count) };
}
