import { expect, test } from 'vitest';
import { fitSoftTree } from '../../src/distillation/soft/fitSoftTree.ts';
import { type SoftSettings, softObjective, type Traffic } from '../../src/distillation/soft/softObjective.ts';
import { predictSoftTree } from '../../src/distillation/soft/softTree.ts';
import { random } from '../../src/numeric/random.ts';

const { normal, uniform } = random(3);
const drawn = (length: number): Float64Array => Float64Array.from({ length }, normal);
const parameters = { weights: drawn(7 * 3), biases: drawn(7), leaves: drawn(8 * 4), inverseTemperature: 1.3 };
const batch = {
  inputs: Array.from({ length: 6 }, () => drawn(3)),
  targets: Array.from({ length: 6 }, () => {
    const row = Float64Array.from({ length: 4 }, uniform);
    const total = row.reduce((a, b) => a + b);
    return row.map((value) => value / total);
  }),
};
const traffic: Traffic = { right: drawn(7).map(Math.abs), all: drawn(7).map((value) => 3 + Math.abs(value)) };

test.each<SoftSettings>([
  { loss: 'expected', balance: 0, window: 1 },
  { loss: 'mixture', balance: 0, window: 1 },
  { loss: 'expected', balance: 0.7, window: 1 },
  { loss: 'mixture', balance: 0.7, window: 2, traffic },
])('the gradient is that of finite differences, %o', (settings) => {
  const found = softObjective(parameters, batch, settings);
  const names = { weights: found.byWeights, biases: found.byBiases, leaves: found.byLeaves };
  for (const [name, gradient] of Object.entries(names) as ['weights' | 'biases' | 'leaves', Float64Array][]) {
    gradient.forEach((slope, i) => {
      const at = (step: number): number => {
        const moved = parameters[name].slice();
        moved[i] = (moved[i] as number) + step;
        return softObjective({ ...parameters, [name]: moved }, batch, settings).value;
      };
      expect(slope).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
    });
  }
});

/** Which quadrant a point lies in. */
function quadrants(count: number, seed: number) {
  const { normal: draw } = random(seed);
  const points = Array.from({ length: count }, () => [draw(), draw()] as const);
  return {
    inputs: { shape: [count, 2], data: Float64Array.from(points.flat()) },
    targets: {
      shape: [count, 4],
      data: Float64Array.from(
        points.flatMap(([a, b]) => [0, 1, 2, 3].map((k) => Number(k === 2 * Number(a > 0) + Number(b > 0)))),
      ),
    },
  };
}

test.each(['expected', 'mixture'] as const)('learns to tell quadrants apart, by %s', async (loss) => {
  const tree = await fitSoftTree(quadrants(200, 1), { depth: 2, loss, epochs: 60, learningRate: 0.05, batchSize: 50 });
  expect(tree.losses.at(-1)).toBeLessThan((tree.losses[0] as number) / 2);
  const unseen = quadrants(100, 2);
  for (const by of ['path', 'mixture'] as const) {
    const { values } = predictSoftTree(tree, unseen.inputs, { by });
    let right = 0;
    for (let i = 0; i < 100; i++) {
      const row = [...values.data.subarray(4 * i, 4 * i + 4)];
      right += unseen.targets.data[4 * i + row.indexOf(Math.max(...row))] as number;
    }
    expect(right).toBeGreaterThan(90);
  }
});

test('a seed decides; gates have the shape of the inputs; a signal stops', async () => {
  const flat = quadrants(12, 1);
  const examples = { ...flat, inputs: { shape: [12, 1, 2, 1], data: flat.inputs.data } };
  const tree = await fitSoftTree(examples, { depth: 2, epochs: 2, seed: 4 });
  expect(tree.weights.shape).toEqual([3, 1, 2, 1]);
  expect(await fitSoftTree(examples, { depth: 2, epochs: 2, seed: 4 })).toEqual(tree);
  expect(await fitSoftTree(examples, { depth: 2, epochs: 2, seed: 5 })).not.toEqual(tree);
  const done: number[] = [];
  const controller = new AbortController();
  const onProgress = (progress: { done: number }): void => {
    done.push(progress.done);
    if (progress.done === 3) controller.abort(new Error('enough'));
  };
  const call = fitSoftTree(examples, { depth: 2, epochs: 9, signal: controller.signal, onProgress });
  await expect(call).rejects.toThrow('enough');
  expect(done).toEqual([1, 2, 3]);
});

test('decisions that are far too sure stay finite', async () => {
  const examples = {
    inputs: { shape: [2, 1], data: Float64Array.of(1e4, -1e4) },
    targets: { shape: [2, 2], data: Float64Array.of(1, 0, 0, 1) },
  };
  for (const loss of ['expected', 'mixture'] as const) {
    const tree = await fitSoftTree(examples, { depth: 3, epochs: 20, inverseTemperature: 100, loss });
    expect(tree.losses.every(Number.isFinite)).toBe(true);
    expect([...tree.weights.data, ...tree.biases, ...tree.leaves.data].every(Number.isFinite)).toBe(true);
  }
});

test.each<[object, object, string]>([
  [
    { targets: { shape: [2, 2], data: Float64Array.of(1, 0, 1, 0) } },
    {},
    '"targets" expected shape [3, k], got [2, 2]',
  ],
  [{ targets: { shape: [3, 1], data: Float64Array.of(1, -1, 1) } }, {}, '"targets" expected probabilities, got -1'],
  [
    { inputs: { shape: [3, 1], data: Float64Array.of(1, Number.NaN, 1) } },
    {},
    '"inputs" expected finite numbers, got NaN',
  ],
  [{}, { depth: 0 }, '"depth" expected an integer in 1..12, got 0'],
  [{}, { loss: 'log' }, '"loss" expected one of'],
  [{}, { window: 0.5 }, '"window" expected a finite number of at least 1'],
  [{}, { balance: -1 }, '"balance" expected a finite number of at least 0'],
])('fitSoftTree(%o, %o) is refused', async (wrong, options, message) => {
  const examples = {
    inputs: { shape: [3, 1], data: Float64Array.of(1, 2, 3) },
    targets: { shape: [3, 1], data: Float64Array.of(1, 1, 1) },
  };
  await expect(fitSoftTree({ ...examples, ...wrong }, options)).rejects.toThrow(message);
});
