import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startsOf } from '../../../../src/diagnosis/attacks/bounded/starts.ts';
import { stepSizes } from '../../../../src/diagnosis/attacks/bounded/stepSizes.ts';
import { strongestOf } from '../../../../src/diagnosis/attacks/bounded/strongest.ts';
import { inputSpace } from '../../../../src/diagnosis/attacks/field/inputSpace.ts';
import { attacks } from '../../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { atOnce } from '../../../../src/numeric/sliced.ts';
import { free } from '../../../oracle/building.ts';
import { denseModel } from '../../../oracle/denseModel.ts';
import { type AttackedNetwork, attackedNetwork, rowsOfBatch } from '../../../support/attacked.ts';

const bounds = [0, 1] as const;

describe('runs of APGD', () => {
  let network: AttackedNetwork;
  beforeEach(() => {
    network = attackedNetwork([20, 30, 6], { seed: 8, count: 12 });
  });
  afterEach(() => free(network.model));

  test('begin again only for examples that no run has broken', async () => {
    const { model, x } = network;
    const options = { bounds, epsilon: 0.14, steps: 6 } as const;
    const once = await attacks.apgd(model, x, options);
    const often = await attacks.apgd(model, x, { ...options, restarts: 3 });
    expect(once.success).toContain(true);
    expect(once.success).toContain(false);
    once.success.forEach((isBroken, row) => {
      if (isBroken) expect([often.success[row], often.gradients[row]]).toEqual([true, 6]);
      else expect(often.gradients[row]).toBeGreaterThan(6);
    });
  });

  test('go towards each of the next classes, and take any other class', async () => {
    const { model, x } = network;
    const options = { bounds, epsilon: 0.14, steps: 6, loss: 'margin' } as const;
    const all = await attacks.apgd(model, x, { ...options, targets: 99 });
    const gradients = [...all.gradients];
    gradients.forEach((count, row) => {
      expect(count % 6).toBe(0);
      // One more pass tells which classes come next.
      expect(all.queries[row]).toBe(1 + (count / 6) * 7);
      expect(count).toBeLessThanOrEqual(5 * 6);
      if (!all.success[row]) expect(count).toBe(5 * 6);
    });
    expect(Math.min(...gradients)).toBe(6);
    expect(Math.max(...gradients)).toBeGreaterThan(6);
  });

  test('have no more passes once an example is broken, where they stop early', async () => {
    const { model, x } = network;
    for (const attack of [attacks.pgd, attacks.apgd] as const) {
      const options = { bounds, epsilon: 0.18, steps: 12 } as const;
      const whole = await attack(model, x, options);
      const early = await attack(model, x, { ...options, stopsEarly: true });
      expect(early.success).toEqual(whole.success);
      expect(early.success).toContain(true);
      const { data, shape } = early.history as NdArray;
      early.success.forEach((isBroken, row) => {
        const losses = data.filter((_, i) => i % (shape[1] as number) === row);
        const steps = losses.filter((loss) => !Number.isNaN(loss)).length;
        expect(early.queries[row]).toBe(steps);
        expect(isBroken ? steps <= 13 : steps === 13).toBe(true);
        const before = (whole.history as NdArray).data.filter((_, i) => i % (shape[1] as number) === row);
        expect(losses.slice(0, steps)).toEqual(before.slice(0, steps));
      });
      expect(Math.min(...early.queries)).toBeLessThan(13);
    }
  });

  test('report each step of each example', async () => {
    const { model, x } = network;
    const seen: number[] = [];
    const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }): void => {
      if (stage !== 'apgd') return;
      seen.push(done / total);
    };
    await attacks.apgd(model, x, { bounds, epsilon: 0.14, steps: 4, restarts: 2, batchSize: 4, onProgress });
    expect(seen.length).toBeGreaterThan(15);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });
});

test('where logits lie far apart, the cross-entropy finds nothing and the ratio of logits what it finds elsewhere', async () => {
  const { model, layers, x } = attackedNetwork([20, 30, 6], { seed: 8, count: 30 });
  const far = denseModel(
    layers.map((layer, i) =>
      i === 0
        ? layer
        : {
            ...layer,
            kernel: layer.kernel.map((row) => row.map((weight) => weight * 2000)),
            bias: layer.bias.map((weight) => weight * 2000),
          },
    ),
  );
  const options = { bounds, epsilon: 0.12, steps: 30 } as const;
  const broken = async (on: typeof model, loss: 'crossEntropy' | 'dlr'): Promise<number> => {
    const { success } = await attacks.apgd(on, x, { ...options, loss });
    return success.filter((is) => is).length;
  };
  const [near, masked, ratio] = [
    await broken(model, 'dlr'),
    await broken(far, 'crossEntropy'),
    await broken(far, 'dlr'),
  ];
  expect(near).toBeGreaterThan(10);
  expect(Math.abs(ratio - near)).toBeLessThanOrEqual(1);
  expect(masked).toBeLessThan(near / 2);
  [model, far].forEach(free);
});

describe('random starts', () => {
  const x = { shape: [4, 2, 2, 3], data: new Float32Array(48).fill(0.5) };
  const space = inputSpace({ bounds }, 3);
  const changes = (norm: 'l2' | 'linf', from: 'ball' | 'surface', examples = [0, 1, 2, 3], stream = 0) =>
    rowsOfBatch(atOnce(startsOf({ x, examples, seed: 0 }, { norm, epsilon: 0.2, space }, { from, stream }))).map(
      (row) => row.map((value) => value - 0.5),
    );

  test('lie on the surface, or within', () => {
    for (const row of changes('linf', 'surface')) expect(Math.max(...row.map(Math.abs))).toBeCloseTo(0.2, 6);
    for (const row of changes('l2', 'surface')) expect(Math.hypot(...row)).toBeCloseTo(0.2, 6);
    for (const row of changes('linf', 'ball')) expect(Math.max(...row.map(Math.abs))).toBeLessThanOrEqual(0.2 + 1e-7);
    for (const row of changes('l2', 'ball')) expect(Math.hypot(...row)).toBeLessThan(0.2 + 1e-7);
  });

  test('belong to the example and the run, not to its place', () => {
    const rows = changes('linf', 'ball');
    expect(changes('linf', 'ball', [3, 2, 1, 0])).toEqual([...rows].reverse());
    expect(changes('linf', 'ball', [0, 1, 2, 3], 1)).not.toEqual(rows);
  });
});

describe('step sizes', () => {
  test('stay while the loss rises, and are halved where it does not', () => {
    const sizes = stepSizes(2, 100);
    const halved: number[] = [];
    for (let step = 0; step <= 60; step++) {
      sizes.seen([step, -step], step);
      if (sizes.restarted[1]) halved.push(step);
      expect(sizes.restarted[0]).toBe(false);
    }
    // Checkpoints after 22 steps, then 19, 16, … (Croce and Hein 2020, section 3, of 100).
    expect(halved).toEqual([22, 41, 57]);
    expect(sizes.factors).toEqual([2, 0.25]);
  });

  test('are halved where the best has not changed since the last checkpoint, though the loss rises in most steps', () => {
    const sizes = stepSizes(1, 100);
    // Rises in 21 of 22 steps, then from far below in all but one.
    for (let step = 0; step <= 41; step++) sizes.seen([step <= 22 ? step : step - 100], step);
    expect(sizes.factors).toEqual([1]);
    expect(sizes.restarted).toEqual([true]);
  });
});

test('the strongest change reaches the aim first, and then has the greatest loss', () => {
  const strongest = strongestOf(3, false);
  expect(strongest.beatenBy([1, 1, Number.NaN], [0, 1, 0])).toEqual([true, true, false]);
  expect(strongest.beatenBy([0.5, 0.9, 0], [1, 1, 0])).toEqual([true, false, true]);
  expect(strongest.beatenBy([9, 2, 0], [0, 1, 0])).toEqual([false, true, false]);
  expect([strongest.reached, strongest.losses]).toEqual([
    [true, true, false],
    [0.5, 2, 0],
  ]);
  const first = strongestOf(1, true);
  expect([first.beatenBy([1], [1]), first.beatenBy([2], [1])]).toEqual([[true], [false]]);
});
