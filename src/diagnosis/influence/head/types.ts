import type { Sliced } from '../../../numeric/sliced.ts';

/** Solves $(H + \delta I) s = g$. */
export interface CurvatureSolver {
  solve(gradient: Float64Array): Sliced<Float64Array>;
  /** The lengths of an iteration's vectors, a list for each run. */
  readonly traces?: readonly Float64Array[];
}

/** What a solver is told besides the problem. */
export interface SolverSettings {
  readonly damping: number;
  readonly seed: number;
  readonly lissa?: LissaSettings | undefined;
}

/** How LiSSA goes. */
export interface LissaSettings {
  /** What the curvature is divided by: more than half of its largest eigenvalue, which is estimated by default. */
  readonly scale?: number;
  /** How many steps are made at most; by default as many as bring the error to a millionth, at most 10,000. */
  readonly steps?: number;
  /** How many examples are drawn for each step; all of them by default. */
  readonly samples?: number;
  /** How many runs are averaged where examples are drawn, 1 by default. */
  readonly repeats?: number;
}
