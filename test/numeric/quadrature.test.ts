import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VitrineError } from '../../src/numeric/errors.ts';
import { type QuadratureRule, quadrature } from '../../src/numeric/quadrature.ts';

function integrate(rule: QuadratureRule, steps: number, f: (t: number) => number): number {
  const { nodes, weights } = quadrature(rule, steps);
  return nodes.reduce((sum, node, k) => sum + (weights[k] as number) * f(node), 0);
}

// f = 5x + y^2 + sin z from (1, 2, .5) to (3, 4, 1): the attributions of y and z.
const attributions = (rule: QuadratureRule, steps: number): readonly [number, number] => [
  2 * integrate(rule, steps, (t) => 2 * (2 + 2 * t)),
  0.5 * integrate(rule, steps, (t) => Math.cos(0.5 + 0.5 * t)),
];

test.each<[QuadratureRule, number, number, number]>([
  ['gausslegendre', 5, 12, 0.362045],
  ['left', 5, 11.2, 0.378608],
  ['right', 5, 12.8, 0.34488],
  ['middle', 5, 12, 0.362196],
  ['trapezoid', 5, 12, 0.361574],
  ['gausslegendre', 50, 12, 0.362045],
  ['left', 50, 11.92, 0.363729],
  ['right', 50, 12.08, 0.360356],
  ['middle', 50, 12, 0.362047],
  ['trapezoid', 50, 12, 0.362042],
])("quadrature('%s', %i) integrates the known gradients", (rule, steps, y, z) => {
  const [gotY, gotZ] = attributions(rule, steps);
  expect(gotY).toBeCloseTo(y, 10);
  expect(gotZ).toBeCloseTo(z, 5);
  expect(Math.abs(gotZ - z)).toBeLessThan(6e-7);
});

test("quadrature('gausslegendre', 5) has the tabulated nodes and weights", () => {
  const { nodes, weights } = quadrature('gausslegendre', 5);
  const outer = Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3;
  const inner = Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3;
  const expected = [-outer, -inner, 0, inner, outer].map((root) => (1 + root) / 2);
  const [light, heavy] = [(322 - 13 * Math.sqrt(70)) / 1800, (322 + 13 * Math.sqrt(70)) / 1800];
  nodes.forEach((node, k) => expect(node).toBeCloseTo(expected[k] as number, 15));
  weights.forEach((weight, k) => expect(weight).toBeCloseTo([light, heavy, 64 / 225, heavy, light][k] as number, 15));
});

test("quadrature('gausslegendre', n) is exact for polynomials of degree 2n - 1", () => {
  for (const steps of [1, 2, 3, 10, 64, 200]) {
    for (const degree of [0, 1, steps, 2 * steps - 1]) {
      expect(Math.abs(integrate('gausslegendre', steps, (t) => t ** degree) - 1 / (degree + 1))).toBeLessThan(1e-14);
    }
  }
});

test("quadrature('gausslegendre', n) shows the kink of relu(x + y - .7) as known", () => {
  const errorOf = (steps: number): number => 2 * integrate('gausslegendre', steps, (t) => (2 * t > 0.7 ? 1 : 0)) - 1.3;
  expect(errorOf(20)).toBeCloseTo(0.0019, 4);
  expect(errorOf(49)).toBeCloseTo(-0.0182, 4);
  expect(errorOf(50)).toBeCloseTo(0.0061, 4);
});

test('quadrature(rule, steps) has ascending nodes and weights that sum to 1', () => {
  const rules = fc.constantFrom<QuadratureRule>('gausslegendre', 'left', 'right', 'middle', 'trapezoid');
  fc.assert(
    fc.property(rules, fc.integer({ min: 2, max: 120 }), (rule, steps) => {
      const { nodes, weights } = quadrature(rule, steps);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(nodes.every((node, k) => k === 0 || node > (nodes[k - 1] as number))).toBe(true);
    }),
  );
});

test('quadrature() refuses unknown rules and too few steps', () => {
  expect(() => quadrature('midle' as 'middle', 3)).toThrow(
    new VitrineError(
      'bad-argument',
      '"rule" expected one of middle, right, left, trapezoid, gausslegendre, got "midle"',
    ),
  );
  expect(() => quadrature('left', 0)).toThrow(
    new VitrineError('bad-argument', '"steps" expected an integer of at least 1, got 0'),
  );
  expect(() => quadrature('trapezoid', 1)).toThrow('"steps" expected an integer of at least 2, got 1');
  expect(() => quadrature('left', 2.5)).toThrow('got 2.5');
  expect(() => quadrature('gausslegendre', 8193)).toThrow('"steps" expected an integer in 1..8192, got 8193');
});
