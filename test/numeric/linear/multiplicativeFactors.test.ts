import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplicativeFactors, randomFactors } from '../../../src/numeric/linear/multiplicativeFactors.ts';
import { nonNegativeWeights } from '../../../src/numeric/linear/nonNegativeWeights.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { goldenCases } from '../../support/goldenCases.ts';

/** `[rows × columns]` with its axes exchanged. */
function turned(values: ArrayLike<number>, columns: number): Float64Array {
  const rows = values.length / columns;
  return Float64Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number,
  );
}

/** $W H$ of `[rows × count]` and `[columns × count]`. */
function product(weights: ArrayLike<number>, parts: ArrayLike<number>, count: number): Float64Array {
  const [rows, columns] = [weights.length / count, parts.length / count];
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let k = 0; k < count; k++) sum += (weights[row * count + k] as number) * (parts[column * count + k] as number);
    return sum;
  });
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.sqrt(Array.from(a).reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0));
}

function expectNear(found: ArrayLike<number>, wanted: ArrayLike<number>, rtol: number): void {
  expect(found.length).toBe(wanted.length);
  Array.from(found).forEach((value, i) => {
    expect(Math.abs(value - (wanted[i] as number))).toBeLessThanOrEqual(rtol * Math.abs(wanted[i] as number) + 1e-6);
  });
}

const { ofMethod, arrayOf } = await goldenCases('visualization');

describe('multiplicativeFactors', () => {
  for (const { id, params, inputs, outputs, expected } of ofMethod('nmf-multiplicative')) {
    test(`golden ${id}`, async () => {
      const [v, w0, h0] = await Promise.all(['v', 'w0', 'h0'].map((name) => arrayOf(inputs[name])));
      const [rows, columns] = (v as NdArray).shape as [number, number];
      const count = (w0 as NdArray).shape[1] as number;
      const start = {
        weights: Float64Array.from(w0?.data ?? []),
        parts: turned(h0?.data ?? [], columns),
        count,
      };
      const matrix = { rows, columns, values: v?.data ?? [] };
      const found = atOnce(multiplicativeFactors(matrix, start, { steps: params['iterations'] as number }));
      expectNear(found.weights, (await arrayOf(outputs['w'])).data, 1e-5);
      expectNear(turned(found.parts, count), (await arrayOf(outputs['h'])).data, 1e-5);
      expectNear(found.errors, expected['errors'] as number[], 1e-5);
    });
  }

  test('the error is that of the product and never rises', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer(),
        (rows, columns, count, seed) => {
          const { uniform } = random(seed);
          const values = Float64Array.from({ length: rows * columns }, () => Math.max(0, uniform() - 0.3));
          values[0] = 1;
          const matrix = { rows, columns, values };
          const start = randomFactors(matrix, count, random(seed, 1));
          const { weights, parts, errors } = atOnce(multiplicativeFactors(matrix, start, { steps: 12 }));
          expect(errors[0]).toBeCloseTo(distance(values, product(start.weights, start.parts, count)), 6);
          expect(errors[12]).toBeCloseTo(distance(values, product(weights, parts, count)), 6);
          for (let step = 1; step <= 12; step++) {
            expect(errors[step]).toBeLessThanOrEqual((errors[step - 1] as number) + 1e-7);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('data of rank k whose parts also occur alone: exactly their parts, up to order and scale', () => {
    const [rows, columns, count] = [40, 12, 3];
    const { uniform } = random(5);
    // Each part has units and rows of its own, without which the factors would not be the only ones.
    const share = (row: number, k: number): number => (row < 2 * count ? Number(row % count === k) : uniform());
    const weights = Float64Array.from({ length: rows * count }, (_, i) => share(Math.floor(i / count), i % count));
    const parts = Float64Array.from({ length: columns * count }, (_, i) => share(Math.floor(i / count), i % count));
    const matrix = { rows, columns, values: product(weights, parts, count) };
    const start = randomFactors(matrix, count, random(2));
    const found = atOnce(multiplicativeFactors(matrix, start, { steps: 3000 }));
    expect((found.errors[3000] as number) / distance(matrix.values, new Float64Array(rows * columns))).toBeLessThan(
      1e-3,
    );
    for (let k = 0; k < count; k++) {
      const cosines = [0, 1, 2].map((other) => cosine(column(parts, k), column(found.parts, other)));
      expect(Math.max(...cosines)).toBeGreaterThan(0.9999);
    }
  });
});

const column = (factor: Float64Array, k: number): Float64Array => factor.filter((_, i) => i % 3 === k);

function cosine(a: Float64Array, b: Float64Array): number {
  const inner = (x: Float64Array, y: Float64Array): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
}

describe('nonNegativeWeights', () => {
  test('the best of all sets of parts that may have a weight', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, count) => {
        const columns = 5;
        const { normal } = random(seed);
        const parts = Float64Array.from({ length: columns * count }, () => Math.abs(normal()));
        const values = Float64Array.from({ length: 2 * columns }, normal);
        const found = atOnce(nonNegativeWeights({ rows: 2, columns, values }, parts, count));
        expect(found.every((weight) => weight >= 0)).toBe(true);
        for (const row of [0, 1]) {
          const own = values.subarray(row * columns, (row + 1) * columns);
          const at = (weights: ArrayLike<number>): number => distance(own, product(weights, parts, count));
          expect(at(found.subarray(row * count, (row + 1) * count))).toBeLessThanOrEqual(leastOnGrid(at, count) + 1e-6);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('weights that made the rows are found, and parts that are zero get none', () => {
    const parts = Float64Array.of(1, 0, 0, 2, 0, 1, 0, 0, 3);
    const weights = Float64Array.of(2, 0, 1, 0, 0, 0.5);
    const values = product(weights, parts, 3);
    expectNear(atOnce(nonNegativeWeights({ rows: 2, columns: 3, values }, parts, 3)), [2, 0, 1, 0, 0, 0.5], 1e-6);
  });
});

/** The least of a function of weights from 0 on, by a finer and finer grid: it is convex. */
function leastOnGrid(at: (weights: readonly number[]) => number, count: number): number {
  let centre = new Array<number>(count).fill(1);
  let best = at(centre);
  for (let width = 1; width > 1e-4; width /= 1.5) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const step of steps(count, width)) {
        const next = centre.map((value, k) => Math.max(0, value + (step[k] as number)));
        if (at(next) >= best - 1e-12) continue;
        [centre, best, moved] = [next, at(next), true];
      }
    }
  }
  return best;
}

function steps(count: number, width: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return steps(count - 1, width).flatMap((rest) => [-width, 0, width].map((step) => [...rest, step]));
}
