import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { atOnce } from '../../src/numeric/sliced.ts';
import { minimize, minimizeArrays } from '../../src/optimization/minimize.ts';
import { nadam } from '../../src/optimization/nadam.ts';

const settings = { learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-7 };

/** Keras's loop in plain numbers, for the gradient θ − 1 of each number. */
function naive(start: readonly number[], steps: number): number[] {
  const { learningRate, beta1, beta2, epsilon } = settings;
  const theta = [...start];
  const m = start.map(() => 0);
  const v = start.map(() => 0);
  let product = 1;
  for (let t = 1; t <= steps; t++) {
    const now = beta1 * (1 - 0.5 * 0.96 ** (0.004 * t));
    const next = beta1 * (1 - 0.5 * 0.96 ** (0.004 * (t + 1)));
    product *= now;
    theta.forEach((value, i) => {
      const g = value - 1;
      m[i] = beta1 * (m[i] as number) + (1 - beta1) * g;
      v[i] = beta2 * (v[i] as number) + (1 - beta2) * g ** 2;
      const mean = (next * (m[i] as number)) / (1 - product * next) + ((1 - now) * g) / (1 - product);
      theta[i] = value - (learningRate * mean) / (Math.sqrt((v[i] as number) / (1 - beta2 ** t)) + epsilon);
    });
  }
  return theta;
}

const start = [3, -1, 0.5];

test.each([1, 2, 25])('nadam of tensors is the algorithm in plain numbers: %i steps', async (steps) => {
  const { parameters } = await minimize(
    {
      start: [{ shape: [3], data: Float32Array.from(start) }],
      iterations: steps,
      optimizer: nadam(settings),
      objective: ([theta]) => ({ gradients: [tf.sub(theta as Tensor, 1)], read: { loss: tf.scalar(0) } }),
    },
    () => undefined,
  );
  naive(start, steps).forEach((value, i) => expect(parameters[0]?.data[i]).toBeCloseTo(value, 5));
});

test('nadam of arrays is the same', () => {
  const theta = Float64Array.from(start);
  function* gradients() {
    yield 0;
    return [theta.map((value) => value - 1)];
  }
  atOnce(minimizeArrays({ parameters: [theta], steps: 25, optimizer: nadam(settings), gradients }));
  naive(start, 25).forEach((value, i) => expect(theta[i]).toBeCloseTo(value, 12));
});

test('the first step of nadam: momentum of one half to begin with', () => {
  // μ₁ ≈ μ₂ ≈ β₁ / 2: μ₂ (1 − β₁) / (1 − μ₁ μ₂) + 1, times the sign of the gradient.
  const theta = Float64Array.of(5);
  const { move } = nadam({ learningRate: 1 });
  move(theta, Float64Array.of(2), { memory: [new Float64Array(1), new Float64Array(1)], steps: 0 });
  const [first, second] = [1, 2].map((t) => 0.9 * (1 - 0.5 * 0.96 ** (0.004 * t))) as [number, number];
  expect(5 - (theta[0] as number)).toBeCloseTo((second * 0.1) / (1 - first * second) + 1, 6);
});
