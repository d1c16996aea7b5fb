import { assertInteger, assertList, describe } from '../../numeric/check.ts';
import { cosine, descendingOrder } from '../../numeric/correlation.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { norm } from '../../numeric/linear/vectors.ts';

/** A concept with its weights. */
export interface WeightedConcept {
  readonly concept: string;
  /** The weight of each unit, `[units]`. */
  readonly multiple: { readonly weights: Float64Array };
}

/** A concept and how close it is. */
export interface NearConcept {
  readonly concept: string;
  /** The cosine of the angle between its weights and the vector. */
  readonly cosine: number;
}

/**
 * The concepts whose weights point the way of a vector, the nearest first.
 *
 * $\cos(w_c, v) = \frac{\langle w_c, v \rangle}{|w_c| |v|}$. The vector may be the weights of a concept, which is then the
 * nearest to itself, or what is computed from such: grass + blue − green.
 *
 * Source: Fong and Vedaldi 2018, "Net2Vec: quantifying and explaining how concepts are encoded by filters in deep neural
 * networks".
 *
 * @param embeddings `concepts` of `net2vec` or `fitConceptClassifiers`; those whose weights are all 0 are left out.
 * @param vector `[units]`.
 * @param count how many at most; 5 by default.
 * @returns concepts with cosines in falling order.
 * @throws {VitrineError} if the vector has another length than the weights, or no length that can be divided by.
 * @example
 * ```ts
 * import { net2vec } from 'vitrine';
 * import { nearestConcepts } from 'vitrine/dissection';
 * const found = await net2vec(model, labelledImages, { layer: 'conv3', concepts, quantile: 0.05, seed: 2 });
 * console.log(nearestConcepts(found.concepts, found.concepts[0].multiple.weights));
 * ```
 */
export function nearestConcepts(
  embeddings: readonly WeightedConcept[],
  vector: ArrayLike<number>,
  count = 5,
): readonly NearConcept[] {
  assertInteger('count', count, [1, Number.POSITIVE_INFINITY]);
  assertEmbeddings(embeddings);
  assertVector('vector', vector);
  const length = norm(vector);
  if (!Number.isFinite(length) || length === 0) {
    throw new VitrineError(
      'not-finite',
      `"vector" expected finite numbers that are not all 0, got one of length ${length}`,
    );
  }
  for (const { multiple } of embeddings) {
    if (multiple.weights.length === vector.length) continue;
    throw new VitrineError(
      'bad-argument',
      `"vector" expected ${multiple.weights.length} numbers, got ${vector.length}`,
    );
  }
  const directed = embeddings.filter(({ multiple }) => norm(multiple.weights) > 0);
  const cosines = directed.map(({ multiple }) => cosine(multiple.weights, vector));
  return Array.from(descendingOrder(cosines).subarray(0, count), (place) => ({
    concept: (directed[place] as WeightedConcept).concept,
    cosine: cosines[place] as number,
  }));
}

function assertEmbeddings(embeddings: unknown): asserts embeddings is readonly WeightedConcept[] {
  assertList('embeddings', embeddings);
  embeddings.forEach((one, i) => {
    const weights = (one as Partial<WeightedConcept> | null | undefined)?.multiple?.weights;
    assertVector(`embeddings[${i}].multiple.weights`, weights);
  });
}

function assertVector(argument: string, value: unknown): void {
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isList) throw new VitrineError('bad-argument', `"${argument}" expected numbers, got ${describe(value)}`);
}
