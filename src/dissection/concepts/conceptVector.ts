import { logisticRegression } from '../../numeric/linear/logisticRegression.ts';
import { dot, norm } from '../../numeric/linear/vectors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { random, shuffled } from '../../numeric/random.ts';
import type { Sliced } from '../../numeric/sliced.ts';

/** The direction from some examples to those of a concept. */
export interface ConceptVector {
  /** Of unit length; zeros where nothing tells them apart. */
  readonly direction: Float64Array;
  /** The share of held-out examples that lie on their side. */
  readonly accuracy: number;
}

/** How a direction is found. */
interface Fitting {
  readonly penalty: number;
  readonly stream: readonly [seed: number, place: number];
}

/**
 * The normal of the plane that divides two sets of values `[n, …]`, of which the larger one is cut to the size of the
 * smaller one. A third of each is held out.
 */
export function* conceptVector(concept: NdArray, others: NdArray, { penalty, stream }: Fitting): Sliced<ConceptVector> {
  const count = Math.min(concept.shape[0] as number, others.shape[0] as number);
  const held = Math.max(1, Math.round(count / 3));
  const order = shuffled(count, random(...stream).integer);
  const [test, training] = [order.subarray(0, held), order.subarray(held)];
  const rowsOf = (chosen: Int32Array): readonly Float32Array[] =>
    [concept, others].flatMap((set) => Array.from(chosen, (row) => rowOf(set, row)));
  const labels = Array.from({ length: 2 * training.length }, (_, i) => i < training.length);
  const { weights, intercept } = yield* logisticRegression(rowsOf(training), labels, penalty);
  const right = rowsOf(test).filter((row, i) => dot(weights, row) + intercept > 0 === i < held);
  yield 2 * held * weights.length;
  const length = norm(weights);
  return {
    direction: length === 0 ? weights : weights.map((value) => value / length),
    accuracy: right.length / (2 * held),
  };
}
