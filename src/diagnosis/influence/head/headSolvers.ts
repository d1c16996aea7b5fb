import { VitrineError } from '../../../numeric/errors.ts';
import { cholesky, choleskySolution } from '../../../numeric/linear/cholesky.ts';
import { conjugateGradient } from '../../../numeric/linear/conjugateGradient.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { headCurvature, headHessian } from './headCurvature.ts';
import type { HeadPlace, HeadProblem } from './headProblem.ts';
import { lissa } from './lissa.ts';
import type { CurvatureSolver, SolverSettings } from './types.ts';

/** How the inverse of the curvature is applied. */
export type SolverName = 'exact' | 'cg' | 'lissa';

/** The most weights for which the curvature is made as a matrix. */
const MATRIX = 3000;

/** A solver, made ready for many gradients. */
export function* headSolver(
  name: SolverName,
  problem: HeadProblem,
  place: HeadPlace,
  settings: SolverSettings,
): Sliced<CurvatureSolver> {
  if (name === 'lissa') return yield* lissa(problem, place, settings);
  if (name === 'exact' && problem.weights.length <= MATRIX) return yield* byCholesky(problem, place, settings);
  return byGradients(problem, place, settings);
}

function* byCholesky(problem: HeadProblem, place: HeadPlace, { damping }: SolverSettings): Sliced<CurvatureSolver> {
  const size = problem.weights.length;
  const matrix = yield* headHessian(problem, place, damping);
  const factor = yield* cholesky(matrix, size);
  for (let i = 0; i < size; i++) {
    const left = (factor[i * size + i] as number) ** 2;
    // The square of what rounding alone leaves.
    if (!(left > 1e-12 * (matrix[i * size + i] as number))) throw singular(damping, problem);
  }
  return {
    *solve(gradient) {
      const solution = choleskySolution(factor, gradient);
      yield size * size;
      return solution;
    },
  };
}

function byGradients(problem: HeadProblem, place: HeadPlace, { damping }: SolverSettings): CurvatureSolver {
  // Its diagonal is made once.
  const curvature = { ...headCurvature(problem, place, damping) };
  if (curvature.diagonal.some((value) => !(value > 0))) throw singular(damping, problem);
  return {
    *solve(gradient) {
      try {
        return yield* conjugateGradient({ ...curvature, right: gradient });
      } catch (error) {
        if (!(error instanceof VitrineError && error.code === 'failed')) throw error;
        throw singular(damping, problem);
      }
    },
  };
}

function singular(damping: number, { penalty }: HeadProblem): VitrineError {
  return new VitrineError(
    'failed',
    `"damping" expected more than ${damping}: with a "penalty" of ${penalty} the Hessian of the head is singular`,
  );
}
