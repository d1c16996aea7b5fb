import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { atOnce } from '../../src/numeric/sliced.ts';
import { adam } from '../../src/optimization/adam.ts';
import { type Minimization, minimize, minimizeArrays } from '../../src/optimization/minimize.ts';
import type { Optimizer } from '../../src/optimization/optimizer.ts';
import { sgd } from '../../src/optimization/sgd.ts';

const start = { shape: [2], data: Float32Array.of(3, -1) };

/** ½ Σ θ², whose gradient is θ. */
const bowl: Minimization<'loss'>['objective'] = ([parameter]) => ({
  gradients: [tf.clone(parameter as Tensor)],
  read: { loss: tf.mul(tf.sum(tf.square(parameter as Tensor)), 0.5) },
});

async function run(
  optimizer: Optimizer,
  iterations: number,
  more: Partial<Minimization<'loss'>> = {},
): Promise<{ losses: number[]; last: number[] }> {
  const losses: number[] = [];
  const problem = { start: [start], iterations, optimizer, objective: bowl, ...more };
  const last = await minimize(problem, ({ loss }) => losses.push(loss.data[0] as number));
  return { losses, last: last.parameters.flatMap(({ data }) => [...data]) };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
}

test('minimize by sgd: each step takes a tenth away', async () => {
  const { losses, last } = await run(sgd({ learningRate: 0.1 }), 2);
  expectClose(losses, [5, 5 * 0.81, 5 * 0.81 ** 2]);
  expectClose(last, [3 * 0.81, -0.81]);
});

test('minimize by sgd with momentum and dampening: velocities by hand', async () => {
  // v = 3, θ = 2.7; v = 1.5 + 0.8·2.7 = 3.66, θ = 2.334; v = 1.83 + 0.8·2.334 = 3.6972, θ = 1.96428.
  const { last } = await run(sgd({ learningRate: 0.1, momentum: 0.5, dampening: 0.2 }), 3);
  expectClose(last, [1.96428, -0.65476]);
});

test('minimize by adam: the first step has the length of the learning rate, whatever the gradient', async () => {
  expectClose((await run(adam({ learningRate: 0.1 }), 1)).last, [2.9, -0.9]);
});

test('minimize by adam is the algorithm in plain numbers', async () => {
  const { last } = await run(adam({ learningRate: 0.2, beta1: 0.8, beta2: 0.9 }), 25);
  const expected = [...start.data].map((first) => {
    let [theta, mean, square] = [first, 0, 0];
    for (let step = 1; step <= 25; step++) {
      mean = 0.8 * mean + 0.2 * theta;
      square = 0.9 * square + 0.1 * theta * theta;
      theta -= (0.2 * (mean / (1 - 0.8 ** step))) / (Math.sqrt(square / (1 - 0.9 ** step)) + 1e-8);
    }
    return theta;
  });
  last.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 3));
});

test('minimize keeps parameters where they are projected to', async () => {
  const project = (parameter: Tensor): Tensor => tf.clipByValue(parameter, 2, 4);
  expectClose((await run(sgd({ learningRate: 0.5 }), 4, { project })).last, [2, 2]);
});

test('minimize of several parameters, each with its own gradient', async () => {
  const both = [start, { shape: [1, 1], data: Float32Array.of(8) }];
  const objective: Minimization<'loss'>['objective'] = ([a, b]) => ({
    gradients: [tf.onesLike(a as Tensor), tf.clone(b as Tensor)],
    read: { loss: tf.scalar(0) },
  });
  const problem = { start: both, iterations: 3, optimizer: sgd({ learningRate: 0.5 }), objective };
  const found = await minimize(problem, () => {});
  expect(found.parameters).toEqual([
    { shape: [2], data: Float32Array.of(1.5, -2.5) },
    { shape: [1, 1], data: Float32Array.of(1) },
  ]);
});

test('a run that goes on from an earlier one takes the steps of one long run', async () => {
  const optimizer = adam({ learningRate: 0.1 });
  const problem = { start: [start], optimizer, objective: bowl };
  const iterations: number[] = [];
  const long = await minimize({ ...problem, iterations: 5 }, () => {});
  const { parameters, memory } = await minimize({ ...problem, iterations: 2 }, () => {});
  const rest = { ...problem, start: parameters, memory, before: 2, iterations: 3 };
  expect(await minimize(rest, (_part, iteration) => iterations.push(iteration))).toEqual(long);
  expect(iterations).toEqual([2, 3, 4, 5]);
});

test('minimize stops at an aborted signal and leaks nothing', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  let seen = 0;
  const problem = {
    start: [start],
    iterations: 50,
    optimizer: adam({ learningRate: 0.1 }),
    objective: bowl,
    signal: controller.signal,
  };
  const running = minimize(problem, () => {
    seen++;
    if (seen === 3) controller.abort(reason);
  });
  await expect(running).rejects.toBe(reason);
  expect(seen).toBe(3);
});

test('an error of the objective comes out, and nothing leaks', async () => {
  const objective: Minimization<'loss'>['objective'] = (parameters, iteration) => {
    if (iteration === 2) throw new Error('no gradient here');
    return bowl(parameters, iteration);
  };
  await expect(run(sgd({ learningRate: 0.1 }), 5, { objective })).rejects.toThrow('no gradient here');
});

test('the event loop has its turn between iterations', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await run(sgd({ learningRate: 0.1 }), 300);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

test.each([
  ['sgd', sgd({ learningRate: 0.1, momentum: 0.5, dampening: 0.2 }), [1.96428, -0.65476], 3],
  ['adam', adam({ learningRate: 0.1 }), [2.9, -0.9], 1],
] as const)('minimizeArrays by %s moves arrays as minimize moves tensors', async (_, optimizer, expected, steps) => {
  const values = Float64Array.from(start.data);
  const seen: number[] = [];
  atOnce(
    minimizeArrays({
      parameters: [values],
      steps,
      optimizer,
      *gradients() {
        yield 1;
        return [values.slice()];
      },
      onStep: (step) => seen.push(step),
    }),
  );
  expectClose([...values], expected);
  expectClose([...values], (await run(optimizer, steps)).last);
  expect(seen).toEqual(Array.from({ length: steps }, (_, step) => step));
});

test('minimizeArrays stops where no step leads further', () => {
  const values = Float64Array.of(3);
  const work = minimizeArrays({
    parameters: [values],
    steps: 9,
    optimizer: sgd({ learningRate: 0.5 }),
    *gradients(step) {
      yield 1;
      return step < 2 ? [values.slice()] : undefined;
    },
  });
  atOnce(work);
  expect([...values]).toEqual([0.75]);
});
