import { expect, test } from 'vitest';
import { random } from '../../../src/numeric/random.ts';
import { inversionError } from '../../../src/visualization/inversion/inversionError.ts';
import { readNpy } from '../../support/fixtures.ts';
import { goldenCases } from '../../support/goldenCases.ts';
import { expectNear } from '../../support/near.ts';

test('is that of the reference case', async () => {
  const [golden] = (await goldenCases('visualization')).ofMethod('inversion-error');
  const read = (name: string) => readNpy(`goldens/visualization/inversion-error.${name}.npy`);
  const { error, normalizer } = inversionError(await read('reconstructed'), await read('target'));
  expect(normalizer).toBeCloseTo(golden?.expected['normaliser'] as number, 5);
  expectNear(error, golden?.expected['errors'] as number[], 1e-6);
});

test('divides by the mean over all pairs', () => {
  const { normal } = random(4);
  const targets = { shape: [5, 2, 3], data: Float32Array.from({ length: 30 }, normal) };
  const reconstructed = { shape: [5, 2, 3], data: Float32Array.from({ length: 30 }, normal) };
  const apart = (a: Float32Array, i: number, b: Float32Array, j: number): number =>
    Array.from({ length: 6 }, (_, k) => ((a[6 * i + k] as number) - (b[6 * j + k] as number)) ** 2).reduce(
      (x, y) => x + y,
    );
  const pairs = Array.from({ length: 25 }, (_, k) => apart(targets.data, Math.floor(k / 5), targets.data, k % 5));
  const normalizer = pairs.reduce((x, y) => x + y) / 25;
  const found = inversionError(reconstructed, targets);
  expect(found.normalizer).toBeCloseTo(normalizer, 5);
  expectNear(
    found.error,
    Array.from({ length: 5 }, (_, i) => apart(reconstructed.data, i, targets.data, i) / normalizer),
    1e-5,
  );
});

test('is 0 of the images themselves', () => {
  const targets = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 5) };
  expect([...inversionError(targets, targets).error]).toEqual([0, 0]);
});

test('refuses what it cannot compare', () => {
  const one = { shape: [2, 2], data: Float32Array.of(1, 2, 1, 2) };
  expect(() => inversionError(one, one)).toThrow('"targets" expected examples that differ');
  expect(() => inversionError({ shape: [1, 4], data: one.data }, one)).toThrow(
    '"reconstructed" expected the shape of "targets"',
  );
  const broken = { shape: [2, 2], data: Float32Array.of(1, Number.NaN, 1, 2) };
  expect(() => inversionError(broken, one)).toThrow('"reconstructed" expected finite numbers, got NaN at [0, 1]');
});
