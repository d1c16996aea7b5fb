import { times } from '../../../numeric/linear/factorProducts.ts';
import { linearLosses } from '../../../numeric/linear/linearLosses.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { type HeadExamples, type HeadProblem, headAt } from './headProblem.ts';

/**
 * The gradients of $s^T \nabla_W L(a_i, y_i)$ by the features of the examples, `[rows × columns]`: $S e_i + W B_i S^T a_i$.
 */
// Eq. (5), Koh and Liang 2017: I_pert,loss is less this, with s = H⁻¹ ∇L of a test example.
export function* headPerturbation(
  problem: Pick<HeadProblem, 'units' | 'loss' | 'weights'>,
  examples: HeadExamples,
  solution: Float64Array,
): Sliced<Float64Array> {
  const { units, weights } = problem;
  const { features } = examples;
  const { expected, errors } = yield* headAt(problem, examples);
  const moved = yield* times(features, solution, units);
  const slopes = new Float64Array(features.rows * features.columns);
  for (let row = 0; row < features.rows; row++) {
    const [from, to] = [row * units, (row + 1) * units];
    const curved = moved.subarray(from, to);
    linearLosses[problem.loss].curve(expected.subarray(from, to), curved);
    for (let column = 0; column < features.columns; column++) {
      let sum = 0;
      for (let k = 0; k < units; k++) {
        const at = column * units + k;
        sum +=
          (solution[at] as number) * (errors[from + k] as number) + (weights[at] as number) * (curved[k] as number);
      }
      slopes[row * features.columns + column] = sum;
    }
  }
  yield features.rows * features.columns * units;
  return slopes;
}
