import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { margin } from '../../../../src/diagnosis/attacks/field/losses.ts';
import { bounded, freely } from '../../../../src/diagnosis/attacks/minimal/tanhSpace.ts';
import { attacks } from '../../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { free } from '../../../oracle/building.ts';
import { attackedNetwork } from '../../../support/attacked.ts';
import { type GoldenCase, goldenCases } from '../../../support/goldenCases.ts';
import { linearCases } from '../../../support/linearAttacks.ts';
import { expectNear } from '../../../support/near.ts';

const goldens = await goldenCases('diagnosis');
const unit = { low: Float32Array.of(0), high: Float32Array.of(1), isEven: true };

describe('free numbers', () => {
  test('are those of the reference', () => {
    const [golden] = goldens.ofMethod('cw-change-of-variables');
    const x = golden?.params['x'] as number[];
    const w = freely(x, unit);
    expectNear(w, golden?.expected['w'] as number[], 1e-8);
    expectNear(bounded(w, unit).x, x, 1e-6);
  });

  test('their slopes are those of what they stand for', () => {
    const space = { low: Float32Array.of(-1, 0), high: Float32Array.of(2, 0.5), isEven: false };
    const w = Float64Array.of(0.3, -1.2, 0, 2);
    const { slopes } = bounded(w, space);
    slopes.forEach((slope, i) => {
      const moved = (by: number) =>
        bounded(
          w.map((value, j) => value + (i === j ? by : 0)),
          space,
        ).x[i] as number;
      expect(slope).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 8);
    });
  });
});

test('the missing margin is that of the reference', async () => {
  const [golden] = goldens.ofMethod('cw-margin');
  const logits = (await goldens.arrayOf(golden?.inputs['logits'])) as NdArray;
  const { kappa, labels } = (golden as GoldenCase).params as { kappa: number; labels: number[] };
  const rows = () => tf.tensor2d(labels.map((label) => [0, 1, 2, 3].map((k) => Number(k === label))));
  const missing = async (aim: { labels: tf.Tensor2D; goals?: tf.Tensor2D }) => {
    const tensor = tf.tidy(() =>
      tf.relu(tf.sub(kappa, margin(tf.tensor2d(logits.data, logits.shape as [number, number]), aim).values)),
    );
    const values = await tensor.data();
    tensor.dispose();
    return values;
  };
  const labelled = rows();
  expectNear(await missing({ labels: labelled }), golden?.expected['untargeted'] as number[], 1e-5);
  const zeros = tf.zerosLike(labelled);
  expectNear(await missing({ labels: zeros, goals: labelled }), golden?.expected['targeted'] as number[], 1e-5);
  tf.dispose([labelled, zeros]);
});

describe('on linear models', () => {
  // Where the second best class is not the one whose boundary is closest, they go to its boundary and stay there.
  test.each(['carliniWagner', 'lbfgs'] as const)(
    '%s comes to the boundary of the class that it reaches, mostly the closest one',
    async (name) => {
      for (const { model, x, l2, boundary } of await linearCases()) {
        const options = { bounds: [-9, 9] as const, searches: 14 };
        const { distance, success, classes } =
          name === 'lbfgs'
            ? await attacks.lbfgs(model, x, { ...options, steps: 60 })
            : await attacks.carliniWagner(model, x, { ...options, steps: 200, constant: 1, learningRate: 0.005 });
        expect(success.every(Boolean)).toBe(true);
        distance.forEach((length, row) => {
          const [before, after] = [classes.before[row] as number, classes.after[row] as number];
          expect(length / (l2[row] as number)).toBeGreaterThan(1 - 1e-5);
          expect(length / boundary(row, before, after), `${row}`).toBeLessThan(name === 'lbfgs' ? 1.12 : 1.03);
        });
        const near = [...distance].filter((length, row) => length < 1.03 * (l2[row] as number));
        expect(near.length).toBeGreaterThanOrEqual(distance.length / 2);
        free(model);
      }
    },
  );
});

describe('on a small network', () => {
  const bounds = [0, 1] as const;

  test.each(['carliniWagner', 'lbfgs'] as const)(
    '%s stays within the bounds and does not depend on the batch',
    async (name) => {
      const { model, x } = attackedNetwork([12, 16, 5]);
      const options = { bounds, steps: 40, searches: 4 };
      const alone = await attacks[name](model, x, { ...options, batchSize: 1 });
      const together = await attacks[name](model, x, { ...options, batchSize: 6 });
      expectNear(together.adversarial.data, alone.adversarial.data, 2e-4);
      expect(together.success).toEqual(alone.success);
      expect(alone.adversarial.data.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect([...alone.gradients].every((count) => count <= 160)).toBe(true);
      free(model);
    },
  );

  test('a short run of Carlini and Wagner is far from what DeepFool finds, a long one is not', async () => {
    const { model, x } = attackedNetwork([12, 16, 5]);
    const fooled = await attacks.deepFool(model, x, { bounds });
    const short = await attacks.carliniWagner(model, x, { bounds, steps: 20, searches: 2 });
    const long = await attacks.carliniWagner(model, x, { bounds, steps: 300, searches: 9 });
    const reach = (found: typeof long) => found.success.filter(Boolean).length;
    expect(reach(short)).toBeLessThan(reach(long));
    long.distance.forEach((length, row) => {
      if (long.success[row] && fooled.success[row]) expect(length).toBeLessThan(1.1 * (fooled.distance[row] as number));
    });
    free(model);
  });

  test('a goal is reached', async () => {
    const { model, x } = attackedNetwork([12, 16, 5]);
    const options = { bounds: [-2, 3] as const, steps: 100, searches: 8, criterion: { target: 1 } };
    for (const name of ['carliniWagner', 'lbfgs'] as const) {
      const { success, classes } = await attacks[name](model, x, options);
      expect(success.filter(Boolean).length).toBeGreaterThan(3);
      success.forEach((isReached, row) => expect(classes.after[row] === 1).toBe(isReached));
    }
    free(model);
  });
});
