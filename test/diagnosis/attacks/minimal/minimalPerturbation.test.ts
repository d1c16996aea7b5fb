import { expect, test } from 'vitest';
import { attacks, minimalPerturbation } from '../../../../src/diagnosis/index.ts';
import { norm as lengthOf } from '../../../../src/numeric/linear/vectors.ts';
import { rowOf } from '../../../../src/numeric/ndarray.ts';
import { free } from '../../../oracle/building.ts';
import { denseModel } from '../../../oracle/denseModel.ts';
import { attackedNetwork } from '../../../support/attacked.ts';
import { linearCases } from '../../../support/linearAttacks.ts';
import { expectNear } from '../../../support/near.ts';

test('on linear models the closed form, which the linear estimate is too', async () => {
  for (const { model, x, l2, linf } of await linearCases()) {
    for (const norm of ['l2', 'linf'] as const) {
      const expected = norm === 'l2' ? l2 : linf;
      const found = await minimalPerturbation(model, x, { bounds: [-9, 9], norm, steps: 20, directions: 5 });
      expectNear(found.linear, expected, 1e-5);
      found.distance.forEach((length, row) => {
        expect(length / (expected[row] as number)).toBeGreaterThan(1 - 1e-5);
        expect(length / (expected[row] as number)).toBeLessThan(1.001);
        // No direction is shorter than the shortest.
        expect(found.harmless[row]).toBeGreaterThan(0.85 * (expected[row] as number));
        expect(found.relative[row]).toBeCloseTo((found.distances.l2[row] as number) / lengthOf(rowOf(x, row)), 5);
      });
      expect(found.success.every(Boolean)).toBe(true);
    }
    free(model);
  }
});

test('it is at least as near as DeepFool, and what survives rounding is in whole shades', async () => {
  const { model, x } = attackedNetwork([12, 16, 5]);
  const bounds = [0, 1] as const;
  for (const norm of ['l2', 'linf'] as const) {
    const fooled = await attacks.deepFool(model, x, { bounds, norm });
    const found = await minimalPerturbation(model, x, { bounds, norm, steps: 30, directions: 4 });
    found.distance.forEach((length, row) => {
      if (fooled.success[row]) expect(length).toBeLessThanOrEqual(fooled.distance[row] as number);
    });
    const { adversarial, success } = found.shades;
    success.forEach((survives, row) => {
      if (!survives) return;
      rowOf(adversarial, row).forEach((value) =>
        expect(Math.abs(value * 255 - Math.round(value * 255))).toBeLessThan(1e-3),
      );
    });
    expect(success.filter(Boolean).length).toBeGreaterThanOrEqual(found.rounded.filter(Boolean).length);
    expect(success.filter(Boolean).length).toBeGreaterThan(2);
  }
  free(model);
});

test('what happens to an example does not depend on the others', async () => {
  const { model, x } = attackedNetwork([12, 16, 5]);
  const options = { bounds: [0, 1] as const, steps: 10, directions: 2 };
  const alone = await minimalPerturbation(model, x, { ...options, batchSize: 1 });
  const together = await minimalPerturbation(model, x, { ...options, batchSize: 6 });
  expectNear(together.adversarial.data, alone.adversarial.data, 1e-4);
  expectNear(together.harmless, alone.harmless, 1e-4);
  free(model);
});

test('a model that never changes its mind has no smallest change, and that is said', async () => {
  const zeros = Array.from({ length: 4 }, () => [0, 0, 0]);
  for (const bias of [
    [1, 0, 0],
    [0, 0, 0],
  ]) {
    const model = denseModel([{ kernel: zeros, bias, activation: 'linear' }]);
    const none = await minimalPerturbation(
      model,
      { shape: [1, 4], data: new Float32Array(4) },
      { bounds: [0, 1], steps: 1, directions: 0 },
    );
    expect([none.linear[0], none.harmless[0]]).toEqual([Number.POSITIVE_INFINITY, 0]);
    free(model);
  }
  const model = denseModel([{ kernel: zeros, bias: [1, 0, 0], activation: 'linear' }]);
  const x = { shape: [1, 4], data: Float32Array.from([0.1, 0.5, 0.3, 0.9]) };
  const found = await minimalPerturbation(model, x, { bounds: [0, 1], steps: 3, directions: 2 });
  expect(found.success).toEqual([false]);
  expect(found.linear[0]).toBe(Number.POSITIVE_INFINITY);
  expect(found.harmless[0]).toBeGreaterThan(100);
  free(model);
});

test('an example that is wrong as it is needs no change', async () => {
  const { model, x } = attackedNetwork([12, 16, 5]);
  const { classes } = await attacks.fgsm(model, x, { epsilon: 0, bounds: [0, 1] });
  const label = Array.from(classes.before, (predicted, row) => (row === 0 ? (predicted + 1) % 5 : predicted));
  const found = await minimalPerturbation(model, x, { bounds: [0, 1], label, steps: 5, directions: 1 });
  expect([found.initial[0], found.success[0], found.distance[0], found.linear[0], found.harmless[0]]).toEqual([
    true,
    true,
    0,
    0,
    0,
  ]);
  free(model);
});
