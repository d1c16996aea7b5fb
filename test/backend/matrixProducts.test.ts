import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../src/numeric/random.ts';
import { inParts, type Kernel, kernelsOnMemories } from '../support/kernelParts.ts';

/** Products of matrices, a of m × k and b of k × n; either may be transposed, and either one for all products. */
interface Case {
  readonly batch: number;
  readonly sizes: readonly [m: number, k: number, n: number];
  readonly transposed: readonly [boolean, boolean];
  readonly shared: readonly [boolean, boolean];
  readonly seed: number;
}

const length = fc.integer({ min: 1, max: 19 });
const pair = fc.tuple(fc.boolean(), fc.boolean());
const cases: fc.Arbitrary<Case> = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  sizes: fc.tuple(length, length, length),
  transposed: pair,
  shared: pair,
  seed: fc.nat(1000),
});

describe.each(kernelsOnMemories(2))('the $build build on $name memory', ({ memory, kernels }) => {
  test('products of matrices, transposed or not, in parts the same, and nothing beyond', () => {
    const property = fc.property(cases, (drawn) => {
      const { batch, sizes, seed } = drawn;
      const [m, k, n] = sizes;
      const [a, b] = [matricesOf(drawn, 0, [m, k], seed), matricesOf(drawn, 1, [k, n], seed + 1)];
      const expected = new Float64Array(batch * m * n);
      for (let i = 0; i < expected.length; i++) {
        const [matrix, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
        for (let l = 0; l < k; l++) expected[i] = (expected[i] ?? 0) + a.at(matrix, row, l) * b.at(matrix, l, column);
      }
      const found = inParts(memory, kernels['multiplyMatrices'] as Kernel, {
        operands: [a.data, b.data],
        addressed: (operands, result, scratch) => [
          ...operands,
          result,
          ...scratch,
          batch,
          ...sizes,
          ...a.steps,
          ...b.steps,
        ],
        room: 4 * (8 * Math.ceil(n / 8) * (k + 1) + 4 * k + 8),
        size: expected.length,
      });
      expected.forEach((value, i) => expect(Math.abs((found[i] as number) - value)).toBeLessThan(4e-6));
    });
    fc.assert(property, { numRuns: 200 });
  });
});

/** The numbers of the matrices of one side as they lie, and how far they are apart. */
function matricesOf(
  { batch, transposed, shared }: Case,
  side: 0 | 1,
  [rows, columns]: readonly [number, number],
  seed: number,
): { data: Float64Array; steps: number[]; at: (matrix: number, row: number, column: number) => number } {
  const draw = random(seed);
  const count = shared[side] ? 1 : batch;
  const data = Float64Array.from({ length: count * rows * columns }, () => Math.fround(2 * draw.uniform() - 1));
  const steps = [shared[side] ? 0 : rows * columns, ...(transposed[side] ? [1, rows] : [columns, 1])];
  const [ofMatrix, ofRow, ofColumn] = steps as [number, number, number];
  return {
    data,
    steps,
    at: (matrix, row, column) => data[matrix * ofMatrix + row * ofRow + column * ofColumn] as number,
  };
}
