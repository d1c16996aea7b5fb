import { type Matrix, times, transposedTimes } from '../../../numeric/linear/factorProducts.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { type HeadProblem, headAt } from './headProblem.ts';

/** Logits as sums over training examples. */
export interface RepresenterFit {
  /** α, `[n × units]`: the logits of an example are the sum of α_i (a_iᵀ a). */
  readonly coefficients: Float64Array;
  /** What the model itself says of the test examples, `[t × units]`. */
  readonly logits: Float64Array;
  /** What the sums say. */
  readonly rebuilt: Float64Array;
}

/** The logits of test examples as sums over training examples, $\alpha_i = -(p_i - y_i) / (\lambda n)$. */
// Theorem 3.1, Yeh et al. 2018, whose λ |W|² is here λ/2 |W|².
export function* representerFit(problem: HeadProblem, test: Matrix): Sliced<RepresenterFit> {
  const { features, units, penalty, weights } = problem;
  const { errors } = yield* headAt(problem, problem);
  const coefficients = errors.map((error) => -error / (penalty * features.rows));
  // Σ_i α_i a_i, which is W at the optimum.
  const implied = yield* transposedTimes(features, coefficients, units);
  return {
    coefficients,
    logits: yield* times(test, weights, units),
    rebuilt: yield* times(test, implied, units),
  };
}
