import { expect, test } from 'vitest';
import { boxProjection } from '../../../../src/diagnosis/attacks/minimal/fab/boxProjection.ts';
import { attacks } from '../../../../src/diagnosis/index.ts';
import { dot } from '../../../../src/numeric/linear/vectors.ts';
import { random } from '../../../../src/numeric/random.ts';
import { free } from '../../../oracle/building.ts';
import { denseModel } from '../../../oracle/denseModel.ts';
import { attackedNetwork } from '../../../support/attacked.ts';
import { linearCases } from '../../../support/linearAttacks.ts';
import { expectNear } from '../../../support/near.ts';

const space = { low: Float32Array.of(0), high: Float32Array.of(1), isEven: true };

/** The least largest, or the shortest, change onto a plane within the box, by trying which numbers end at a bound. */
function bruteForce(x: Float64Array, normal: Float64Array, offset: number, norm: 'l2' | 'linf'): number {
  const choices = 3 ** x.length;
  let least = Number.POSITIVE_INFINITY;
  for (let choice = 0; choice < choices; choice++) {
    const sides = Array.from(x, (_, i) => Math.floor(choice / 3 ** i) % 3);
    const free = sides.flatMap((side, i) => (side === 2 ? [i] : []));
    const change = Array.from(x, (value, i) => (sides[i] === 2 ? 0 : (sides[i] as number) - value));
    const rest = offset - dot(normal, x) - dot(normal, change);
    const speed = (i: number): number => (norm === 'l2' ? (normal[i] as number) : Math.sign(normal[i] as number));
    const slope = free.reduce((sum, i) => sum + (normal[i] as number) * speed(i), 0);
    if (free.length > 0) for (const i of free) change[i] = (rest / slope) * speed(i);
    const isInside = change.every(
      (value, i) => (x[i] as number) + value >= -1e-12 && (x[i] as number) + value <= 1 + 1e-12,
    );
    if (!isInside || Math.abs(dot(normal, x) + dot(normal, change) - offset) > 1e-9) continue;
    least = Math.min(least, norm === 'l2' ? Math.sqrt(dot(change, change)) : Math.max(...change.map(Math.abs)));
  }
  return least;
}

test.each(['l2', 'linf'] as const)('the projection is the shortest way onto a plane within the box, %s', (norm) => {
  for (let trial = 0; trial < 60; trial++) {
    const { uniform, normal: draw } = random(4, trial);
    const x = Float64Array.from({ length: 5 }, uniform);
    const normal = Float64Array.from({ length: 5 }, draw);
    const goal = Float64Array.from({ length: 5 }, uniform);
    const offset = dot(normal, goal);
    const change = boxProjection(x, { normal, offset }, { space, norm });
    expect(dot(normal, x) + dot(normal, change)).toBeCloseTo(offset, 9);
    change.forEach((value, i) => {
      expect((x[i] as number) + value).toBeGreaterThanOrEqual(-1e-12);
      expect((x[i] as number) + value).toBeLessThanOrEqual(1 + 1e-12);
    });
    const length = norm === 'l2' ? Math.sqrt(dot(change, change)) : Math.max(...change.map(Math.abs));
    expect(length).toBeCloseTo(bruteForce(x, normal, offset, norm), 9);
  }
});

test('a plane beyond the box leads to the nearest corner', () => {
  const change = boxProjection([0.2, 0.6, 0.5], { normal: [1, -2, 0], offset: 5 }, { space, norm: 'l2' });
  expectNear(change, [0.8, -0.6, 0], 1e-12);
  expectNear(boxProjection([0.2, 0.6], { normal: [0, 0], offset: 1 }, { space, norm: 'linf' }), [0, 0], 0);
});

test('on linear models the closest boundary', async () => {
  for (const { model, x, l2, linf } of await linearCases()) {
    for (const norm of ['l2', 'linf'] as const) {
      const { distance, success } = await attacks.fab(model, x, { bounds: [-9, 9], norm, steps: 30 });
      expect(success.every(Boolean)).toBe(true);
      const expected = norm === 'l2' ? l2 : linf;
      distance.forEach((length, row) => {
        expect(length).toBeGreaterThanOrEqual((expected[row] as number) * (1 - 1e-6));
        expect(length).toBeLessThan((expected[row] as number) * 1.06);
      });
    }
    free(model);
  }
});

test('runs towards each class find what the run towards all finds, or better', async () => {
  const { model, x } = attackedNetwork([12, 16, 5]);
  const options = { bounds: [0, 1] as const, steps: 20 };
  const all = await attacks.fab(model, x, options);
  const each = await attacks.fab(model, x, { ...options, targets: 4 });
  const fooled = await attacks.deepFool(model, x, options);
  each.distance.forEach((length, row) => {
    if (!each.success[row]) return;
    expect(length).toBeLessThan((all.distance[row] as number) * 1.1);
    expect(length).toBeLessThan((fooled.distance[row] as number) * 1.05);
  });
  expect(each.success.filter(Boolean).length).toBeGreaterThanOrEqual(all.success.filter(Boolean).length);
  const alone = await attacks.fab(model, x, { ...options, batchSize: 1 });
  const together = await attacks.fab(model, x, { ...options, batchSize: 4 });
  expectNear(together.adversarial.data, alone.adversarial.data, 1e-5);
  free(model);
});

test.each(['fab', 'carliniWagner', 'lbfgs'] as const)(
  '%s fails where all gradients are zero, without a number that is none',
  async (name) => {
    const zeros = Array.from({ length: 4 }, () => [0, 0, 0]);
    const model = denseModel([{ kernel: zeros, bias: [1, 0, 0], activation: 'linear' }]);
    const x = { shape: [2, 4], data: Float32Array.from([0.1, 0.5, 0.3, 0.9, 0, 1, 0.2, 0.7]) };
    for (const criterion of ['misclassified', { target: 2 }] as const) {
      const found = await attacks[name](model, x, { bounds: [0, 1], steps: 5, criterion });
      expect(found.success).toEqual([false, false]);
      expect(found.adversarial.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    free(model);
  },
);

test.each(['deepFool', 'fab', 'carliniWagner'] as const)(
  '%s finds the same where all logits are a thousand times as far apart',
  async (name) => {
    const { model, x, layers } = attackedNetwork([12, 16, 5]);
    const last = layers.at(-1) as (typeof layers)[number];
    const far = denseModel([
      ...layers.slice(0, -1),
      { ...last, kernel: last.kernel.map((row) => row.map((w) => 1000 * w)), bias: last.bias.map((b) => 1000 * b) },
    ]);
    const options = {
      bounds: [0, 1] as const,
      steps: 20,
      ...(name === 'carliniWagner' && { constant: 1e-6, searches: 8 }),
    };
    const [plain, masked] = [await attacks[name](model, x, options), await attacks[name](far, x, options)];
    expect(masked.adversarial.data.every(Number.isFinite)).toBe(true);
    expect(masked.success.filter(Boolean).length).toBeGreaterThan(0);
    if (name !== 'carliniWagner') expectNear(masked.distance, plain.distance, 2e-3);
    free(model);
    free(far);
  },
);
