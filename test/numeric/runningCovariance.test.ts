import { covariance, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { principalDirections } from '../../src/numeric/linear/principalDirections.ts';
import { random } from '../../src/numeric/random.ts';
import { type RunningCovariance, runningCovariance } from '../../src/numeric/running.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { expectNear } from '../support/near.ts';

const { normal } = random(3);
// Far from 0, where sums of squares would lose the digits.
const rows = Array.from({ length: 23 }, () => Float64Array.from({ length: 4 }, (_, i) => 1e6 * i + (i + 1) * normal()));

function of(some: readonly Float64Array[]): RunningCovariance {
  const running = runningCovariance(4);
  for (const row of some) running.add(row);
  return running;
}

function plain(some: readonly Float64Array[]): readonly number[] {
  const matrix = new Matrix(some.map((row) => [...row].map((value, i) => value - 1e6 * i)));
  return covariance(matrix)
    .mul((some.length - 1) / some.length)
    .to1DArray();
}

test('is that of all vectors', () => {
  const running = of(rows);
  expect(running.count).toBe(23);
  expectNear(running.covariance(), plain(rows), 1e-8);
  expectNear(
    running.mean,
    [0, 1, 2, 3].map((i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / 23),
    1e-8,
  );
});

test('parts that are merged are the whole', () => {
  const whole = of(rows);
  const parts = of(rows.slice(0, 7));
  parts.merge(of([]));
  parts.merge(of(rows.slice(7)));
  expect(parts.count).toBe(23);
  expectNear(parts.covariance(), whole.covariance(), 1e-8);
  expectNear(parts.mean, whole.mean, 1e-8);
  const fresh = of([]);
  fresh.merge(whole);
  expectNear(fresh.covariance(), whole.covariance(), 1e-12);
});

test('principal directions of a covariance in closed form', () => {
  // Variances 9 and 4 along axes that are turned by 30°.
  const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  const matrix = Float64Array.of(9 * c * c + 4 * s * s, 5 * c * s, 5 * c * s, 9 * s * s + 4 * c * c);
  const { variances, directions } = atOnce(principalDirections(matrix));
  expectNear(variances, [9, 4], 1e-12);
  expectNear(
    directions.map((row) => Math.abs(c * (row[0] as number) + s * (row[1] as number))),
    [1, 0],
    1e-12,
  );
  expectNear(
    directions.map((row) => Math.hypot(...row)),
    [1, 1],
    1e-12,
  );
});
