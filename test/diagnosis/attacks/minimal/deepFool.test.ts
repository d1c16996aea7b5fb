import { expect, test } from 'vitest';
import { attacks } from '../../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { free } from '../../../oracle/building.ts';
import { denseModel } from '../../../oracle/denseModel.ts';
import { attackedNetwork, rowsOfBatch } from '../../../support/attacked.ts';
import { expectClose } from '../../../support/close.ts';
import { goldenCases } from '../../../support/goldenCases.ts';
import { linearCases } from '../../../support/linearAttacks.ts';
import { expectNear } from '../../../support/near.ts';

const goldens = await goldenCases('diagnosis');
const read = async (file: string | undefined) => (await goldens.arrayOf(file)) as NdArray;

test.each(['l2', 'linf'] as const)('the reference steps, %s', async (norm) => {
  const [golden] = goldens.ofMethod(`deepfool-${norm}`);
  const [w1, b1, w2, b2, x] = await Promise.all(
    ['w1', 'b1', 'w2', 'b2', 'x'].map((name) => read(golden?.inputs[name])),
  );
  const model = denseModel([
    { kernel: rowsOfBatch(w1 as NdArray), bias: [...(b1 as NdArray).data], activation: 'relu' },
    { kernel: rowsOfBatch(w2 as NdArray), bias: [...(b2 as NdArray).data], activation: 'linear' },
  ]);
  const found = await attacks.deepFool(model, x as NdArray, { bounds: [0, 1], norm });
  const expected = golden?.expected as { l2: number[]; linf: number[]; predicted: number[]; steps: unknown[][] };
  await expectClose(found.adversarial, await read(golden?.outputs['adversarial']), { tolerance: 3e-6 });
  expectNear(found.distances.l2, expected.l2, 1e-5);
  expectNear(found.distances.linf, expected.linf, 1e-5);
  expect([...found.classes.after]).toEqual(expected.predicted);
  expect(found.success).toEqual([true, true, true, true, true]);
  // The three gradients of the other classes are of one forward pass, and one more looks at the result.
  expect([...found.gradients]).toEqual(expected.steps.map(({ length }) => 3 * length));
  free(model);
});

test('on linear models the closest boundary, in one step', async () => {
  for (const { model, x, l2, linf, changes } of await linearCases()) {
    for (const norm of ['l2', 'linf'] as const) {
      const { distance, gradients, queries, adversarial } = await attacks.deepFool(model, x, { bounds: [-9, 9], norm });
      // 0.02 beyond the boundary, and a hair.
      expectNear(
        distance,
        (norm === 'l2' ? l2 : linf).map((length) => 1.02 * (length + 1e-4)),
        2e-5,
      );
      expect(Math.max(...gradients)).toBeLessThan(4);
      expect(Math.max(...queries)).toBeLessThanOrEqual(3);
      if (norm === 'l2')
        changes.forEach((change, row) =>
          change.forEach((value, i) => {
            const place = row * change.length + i;
            expect((adversarial.data[place] as number) - (x.data[place] as number)).toBeCloseTo(1.02 * value, 3);
          }),
        );
    }
    free(model);
  }
});

test('what happens to an example does not depend on the others', async () => {
  const { model, x } = attackedNetwork([12, 16, 5]);
  const options = { bounds: [0, 1] as const, candidates: 3 };
  const alone = await attacks.deepFool(model, x, { ...options, batchSize: 1 });
  const together = await attacks.deepFool(model, x, { ...options, batchSize: 6 });
  expectNear(together.adversarial.data, alone.adversarial.data, 1e-6);
  expect(together.gradients).toEqual(alone.gradients);
  free(model);
});

test('a goal is reached, or the nearest that came to it is given', async () => {
  const { model, x } = attackedNetwork([12, 16, 5]);
  const { success, classes, goal } = await attacks.deepFool(model, x, { bounds: [-3, 4], criterion: { target: 4 } });
  success.forEach((isReached, row) => expect(isReached).toBe(classes.after[row] === goal?.[row]));
  expect(success.filter(Boolean).length).toBeGreaterThan(3);
  free(model);
});

test('without a gradient an example stays, and the attack says that it failed', async () => {
  const zeros = Array.from({ length: 4 }, () => [0, 0, 0]);
  const model = denseModel([{ kernel: zeros, bias: [1, 0, 0], activation: 'linear' }]);
  const x = { shape: [1, 4], data: Float32Array.from([0.1, 0.5, 0.3, 0.9]) };
  const found = await attacks.deepFool(model, x, { bounds: [0, 1], steps: 5 });
  expect(found.success).toEqual([false]);
  expectNear(found.adversarial.data, x.data, 0);
  free(model);
});
