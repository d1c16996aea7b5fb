import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { expect, test } from 'vitest';
import { noisyLinearImputation } from '../../src/metrics/index.ts';
import { random } from '../../src/numeric/random.ts';

const picture = (shape: readonly number[], value: (row: number, column: number, channel: number) => number) => {
  const [, , width = 1, channels = 1] = shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const at = (i: number): number =>
    value(Math.floor(i / channels / width) % (shape[1] as number), Math.floor(i / channels) % width, i % channels);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => at(i)) };
};

/** The equations written out as a dense matrix: each removed pixel is the mean of its neighbours. */
function solved(values: readonly number[][], removed: readonly boolean[][]): number[][] {
  const [height, width] = [values.length, values[0]?.length as number];
  const matrix = Matrix.eye(height * width);
  const right = Matrix.zeros(height * width, 1);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      if (!removed[r]?.[c]) {
        right.set(r * width + c, 0, values[r]?.[c] as number);
        continue;
      }
      const near: [number, number, number][] = [];
      for (let dr = -1; dr <= 1; dr++) {
        for (let dc = -1; dc <= 1; dc++) {
          const inside = r + dr >= 0 && c + dc >= 0 && r + dr < height && c + dc < width;
          if (inside && (dr || dc)) near.push([r + dr, c + dc, dr && dc ? 1 / 12 : 1 / 6]);
        }
      }
      const total = near.reduce((sum, [, , weight]) => sum + weight, 0);
      for (const [nr, nc, weight] of near) matrix.set(r * width + c, nr * width + nc, -weight / total);
    }
  }
  const flat = solve(matrix, right).to1DArray();
  return values.map((_, r) => flat.slice(r * width, (r + 1) * width));
}

test('noisyLinearImputation(x, …) solves the equations of a dense matrix', () => {
  const sides = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(sides, sides, fc.integer({ min: 0, max: 999 }), (height, width, seed) => {
      const { normal, uniform } = random(seed);
      const values = Array.from({ length: height }, () => Array.from({ length: width }, normal));
      const removed = values.map((row) => row.map(() => uniform() < 0.6));
      fc.pre(removed.flat().includes(false));
      const x = picture([1, height, width, 1], (r, c) => values[r]?.[c] as number);
      const mask = { shape: [1, height, width], data: Uint8Array.from(removed.flat(), Number) };
      const expected = solved(values, removed).flat();
      const { data } = noisyLinearImputation(x, { removed: mask, noise: 0 });
      data.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
    }),
    { numRuns: 200 },
  );
});

test('a ramp goes on across a hole that does not touch the border, in every channel', () => {
  const x = picture([2, 9, 12, 3], (row, column, channel) => 2 * row - column + 5 * channel);
  const hole = picture([2, 9, 12], (row, column) => Number(row > 0 && row < 8 && column > 2 && column < 11));
  const { data } = noisyLinearImputation(x, { removed: { shape: [2, 9, 12], data: hole.data }, noise: 0 });
  data.forEach((value, i) => expect(value).toBeCloseTo(x.data[i] as number, 5));
});

test('a large hole is solved too', () => {
  const side = 64;
  const x = picture([1, side, side, 1], (row, column) => Number(row === 0) + column / side);
  const removed = picture([1, side, side], (row) => Number(row > 0));
  const { data } = noisyLinearImputation(x, { removed, noise: 0 });
  const [low, high] = [Math.min(...data.subarray(side)), Math.max(...data.subarray(side))];
  // The mean of neighbours lies between them.
  expect(low).toBeGreaterThanOrEqual(1 - 1e-6);
  expect(high).toBeLessThanOrEqual(2);
  // Of the ramp's cosines all but the first have died out after as many rows as there are columns.
  const first = 4 / Math.PI ** 2 / Math.cosh(Math.PI);
  expect(data.at(-1)).toBeCloseTo(1 + (side - 1) / 2 / side + first, 3);
});

test('noise: seeded, on the imputed pixels alone, as large as said', () => {
  const x = picture([2, 40, 40, 1], (row, column) => ((row + column) % 2 ? 4 : -1));
  const removed = picture([2, 40, 40], (row, column) => Number((row + 2 * column) % 3 === 0));
  const plain = noisyLinearImputation(x, { removed, noise: 0 }).data;
  const noisy = noisyLinearImputation(x, { removed, noise: 0.1, seed: 4 }).data;
  expect(noisyLinearImputation(x, { removed, noise: 0.1, seed: 4 }).data).toEqual(noisy);
  expect(noisyLinearImputation(x, { removed, noise: 0.1, seed: 5 }).data).not.toEqual(noisy);
  const jitter = noisy.map((value, i) => value - (plain[i] as number));
  jitter.forEach((value, i) => {
    if (!removed.data[i]) expect(value).toBe(0);
  });
  const squares = jitter.reduce((sum, value) => sum + value * value, 0);
  const count = removed.data.reduce((sum, value) => sum + value, 0);
  // 0.1 of the range 5.
  expect(Math.sqrt(squares / count)).toBeCloseTo(0.5, 1);
  const halves = [jitter.subarray(0, 1600), jitter.subarray(1600)];
  expect(halves[0]).not.toEqual(halves[1]);
});

test('nothing removed, nothing changed; the input stays', () => {
  const x = picture([1, 3, 3, 2], (row, column, channel) => row * column + channel);
  const removed = picture([1, 3, 3], () => 0);
  const result = noisyLinearImputation(x, { removed });
  expect(result).toEqual(x);
  expect(result.data).not.toBe(x.data);
});

test.each([
  ['all pixels', { removed: picture([1, 3, 3], () => 1) }, 'expected a pixel that stays in each picture'],
  ['another size', { removed: picture([1, 3, 4], () => 0) }, '"removed" expected shape [1, 3, 3], got [1, 3, 4]'],
  ['negative noise', { removed: picture([1, 3, 3], () => 0), noise: -1 }, '"noise" expected a finite number'],
])('%s is refused', (_, options, message) => {
  expect(() =>
    noisyLinearImputation(
      picture([1, 3, 3, 1], () => 1),
      options,
    ),
  ).toThrow(message);
});
