import { dot, norm } from '../../../numeric/linear/vectors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { headCurvature } from './headCurvature.ts';
import {
  exampleGradient,
  gradientProducts,
  type HeadExamples,
  type HeadPlace,
  type HeadProblem,
  headAt,
  headGradient,
} from './headProblem.ts';
import { headSolver, type SolverName } from './headSolvers.ts';
import type { SolverSettings } from './types.ts';

/** How influence by the head is found. */
export type HeadMethod = SolverName | 'tracIn' | 'representer';

/** What every estimate by the head tells of itself. */
export interface HeadReport {
  readonly damping: number;
  /** The mean eigenvalue of the Hessian with the penalty, without damping. */
  readonly meanEigenvalue: number;
  /** The length of the gradient of the penalized mean loss, which is 0 at an optimum. */
  readonly gradientNorm: number;
  /** The mean length of the gradient of an example's loss. */
  readonly meanGradient: number;
  readonly losses: Float64Array;
  readonly traces: readonly Float64Array[];
}

/** By how much the loss of each test example would rise if a training example were left out, `[t, n]`. */
export function* influenceByHead(
  method: HeadMethod,
  problem: HeadProblem,
  test: HeadExamples,
  settings: SolverSettings,
): Sliced<HeadReport & { readonly lossChangeIfRemoved: NdArray<Float64Array>; readonly testLosses: Float64Array }> {
  const place = yield* headAt(problem, problem);
  const there = yield* headAt(problem, test);
  const solver = yield* influenceSolver(method, problem, place, settings);
  const data = new Float64Array(test.features.rows * problem.features.rows);
  for (let row = 0; row < test.features.rows; row++) {
    const solution = yield* solver.solve(exampleGradient(test, there, row));
    const products = yield* gradientProducts(problem, place, solution);
    data.set(products, row * products.length);
  }
  const report = yield* reportOf(problem, place, settings);
  const shape = [test.features.rows, problem.features.rows];
  return { ...report, traces: solver.traces ?? [], testLosses: there.losses, lossChangeIfRemoved: { shape, data } };
}

/** The same of each training example for itself. */
export function* selfInfluenceByHead(
  method: HeadMethod,
  problem: HeadProblem,
  settings: SolverSettings,
): Sliced<HeadReport & { readonly values: Float64Array }> {
  const place = yield* headAt(problem, problem);
  const solver = yield* influenceSolver(method, problem, place, settings);
  const values = new Float64Array(problem.features.rows);
  for (let row = 0; row < values.length; row++) {
    const gradient = exampleGradient(problem, place, row);
    values[row] = dot(yield* solver.solve(gradient), gradient);
  }
  const report = yield* reportOf(problem, place, settings);
  return { ...report, traces: solver.traces ?? [], values };
}

/** s of a gradient g, so that s·∇L_i is by how much the loss rises without example i. */
function* influenceSolver(
  method: HeadMethod,
  problem: HeadProblem,
  place: HeadPlace,
  settings: SolverSettings,
): Sliced<{ solve(gradient: Float64Array): Sliced<Float64Array>; readonly traces?: readonly Float64Array[] }> {
  // A step of learning rate 1.
  if (method === 'tracIn') return scaledBy(1);
  const count = problem.features.rows;
  // A removed example takes its α_i a_iᵀa_t with it: e_t·e_i a_iᵀa_t / (λ n), to first order.
  if (method === 'representer') return scaledBy(1 / (problem.penalty * count));
  const solver = yield* headSolver(method, problem, place, settings);
  return {
    ...(solver.traces && { traces: solver.traces }),
    *solve(gradient) {
      const solution = yield* solver.solve(gradient);
      return solution.map((value) => value / count);
    },
  };
}

function scaledBy(factor: number) {
  return {
    *solve(gradient: Float64Array): Sliced<Float64Array> {
      yield gradient.length;
      return gradient.map((value) => factor * value);
    },
  };
}

function* reportOf(
  problem: HeadProblem,
  place: HeadPlace,
  { damping }: SolverSettings,
): Sliced<Omit<HeadReport, 'traces'>> {
  const { length } = yield* headGradient(problem, place);
  const diagonal = headCurvature(problem, place, 0).diagonal;
  const meanEigenvalue = diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length;
  return {
    damping,
    meanEigenvalue,
    gradientNorm: length,
    meanGradient: meanGradientOf(problem, place),
    losses: place.losses,
  };
}

/** |a| |e|, the length of a eᵀ. */
function meanGradientOf({ features: { rows, columns, values }, units }: HeadProblem, { errors }: HeadPlace): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let column = 0; column < columns; column++) square += (values[row * columns + column] as number) ** 2;
    sum += Math.sqrt(square) * norm(errors.subarray(row * units, (row + 1) * units));
  }
  return sum / rows;
}
