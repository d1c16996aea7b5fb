import { assertChoice, assertCount, assertInteger } from './check.ts';

/** Where the nodes of a quadrature on [0, 1] lie. */
export type QuadratureRule = 'gausslegendre' | 'left' | 'right' | 'middle' | 'trapezoid';

export const quadratureRules: readonly QuadratureRule[] = ['gausslegendre', 'left', 'right', 'middle', 'trapezoid'];

/** Nodes on [0, 1] in ascending order and their weights, which sum to 1. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The nodes and weights of a quadrature rule on the unit interval,
 * $\int_0^1 f(t)\,dt \approx \sum_k w_k f(t_k)$.
 *
 * With $n$ steps, `'left'`, `'right'` and `'middle'` have $t_k = k/n$, $(k+1)/n$ and $(k+1/2)/n$; `'trapezoid'` has
 * $t_k = k/(n-1)$ with weights $1/(n-1)$, half of that at both ends; `'gausslegendre'` is exact for polynomials up to
 * degree $2n - 1$.
 *
 * @param steps the number of nodes; at least 2 for `'trapezoid'`.
 * @throws {VitrineError} for an unknown rule or too few steps.
 */
export function quadrature(rule: QuadratureRule, steps: number): Quadrature {
  assertChoice('rule', rule, quadratureRules);
  assertCount('steps', steps, rule === 'trapezoid' ? 2 : 1);
  if (rule === 'gausslegendre') return gaussLegendre(steps);
  if (rule === 'trapezoid') return trapezoid(steps);
  const offset = { left: 0, right: 1, middle: 0.5 }[rule];
  return {
    nodes: Float64Array.from({ length: steps }, (_, k) => (k + offset) / steps),
    weights: new Float64Array(steps).fill(1 / steps),
  };
}

function trapezoid(steps: number): Quadrature {
  const weights = new Float64Array(steps).fill(1 / (steps - 1));
  weights[0] = weights[steps - 1] = 0.5 / (steps - 1);
  return { nodes: Float64Array.from({ length: steps }, (_, k) => k / (steps - 1)), weights };
}

// Each node takes work for each.
const mostNodes = 8192;

// The nodes are the roots of the Legendre polynomial of degree n, found by Newton's method from Tricomi's estimate.
function gaussLegendre(steps: number): Quadrature {
  assertInteger('steps', steps, [1, mostNodes]);
  const nodes = new Float64Array(steps);
  const weights = new Float64Array(steps);
  for (let k = 0; k < Math.ceil(steps / 2); k++) {
    const { root, slope } = legendreRoot(Math.cos((Math.PI * (k + 0.75)) / (steps + 0.5)), steps);
    const weight = 1 / ((1 - root * root) * slope * slope);
    nodes[k] = (1 - root) / 2;
    nodes[steps - 1 - k] = (1 + root) / 2;
    weights[k] = weights[steps - 1 - k] = weight;
  }
  return { nodes, weights };
}

function legendreRoot(start: number, degree: number): { root: number; slope: number } {
  let root = start;
  for (let iteration = 0; iteration < 100; iteration++) {
    const { value, slope } = legendre(root, degree);
    const step = value / slope;
    root -= step;
    if (Math.abs(step) < 1e-15) break;
  }
  return { root, slope: legendre(root, degree).slope };
}

// Bonnet's recursion, and the derivative by (1 - t^2) P'_n = n (P_{n-1} - t P_n).
function legendre(t: number, degree: number): { value: number; slope: number } {
  let previous = 1;
  let value = t;
  for (let n = 2; n <= degree; n++) {
    [previous, value] = [value, ((2 * n - 1) * t * value - (n - 1) * previous) / n];
  }
  return { value, slope: (degree * (previous - t * value)) / (1 - t * t) };
}
