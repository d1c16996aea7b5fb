import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  blurIntegratedGradients,
  conductance,
  gradient,
  guidedIntegratedGradients,
  integratedGradients,
  internalInfluence,
  neuronConductance,
} from '../../../src/attribution/index.ts';
import { blur } from '../../../src/image/blur.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Attribution, ScoreFunction } from '../../../src/scoring/types.ts';
import { chain, free, inputsOf, randomized } from '../../oracle/building.ts';
import { fixtureModel } from '../../support/models.ts';

const vector = (...values: number[]): NdArray => ({ shape: [1, values.length], data: Float32Array.from(values) });

/** A model whose output is its input, so that a score function of the outputs is one of x. */
function identity(length: number): LayersModel {
  return chain([length], l.activation({ activation: 'linear' }));
}

async function of(
  length: number,
  target: ScoreFunction,
  run: (model: LayersModel, target: ScoreFunction) => Promise<Attribution>,
): Promise<Attribution> {
  const model = identity(length);
  try {
    return await run(model, target);
  } finally {
    free(model);
  }
}

function sums({ values }: Attribution): number[] {
  const [count] = values.shape as [number];
  const size = values.data.length / count;
  return Array.from({ length: count }, (_, i) =>
    values.data.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0),
  );
}

function expectNear(found: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) =>
    expect(Math.abs((found[i] as number) - value), `[${i}]`).toBeLessThanOrEqual(tolerance),
  );
}

const rowSums = (y: Tensor): Tensor => tf.sum(y, 1);
/** (2 x₁ + x₂)². */
const squared: ScoreFunction = ([y]) => tf.square(rowSums(tf.mul(y as Tensor, tf.tensor1d([2, 1]))));
const weighted =
  (weights: number[], bias: number) =>
  (y: Tensor): Tensor =>
    tf.relu(tf.add(rowSums(tf.mul(y, tf.tensor1d(weights))), bias));
/** relu(x · (1, −1, .5, .25) − .5) + 2 relu(x · (.5, 1, −.25, 1) − 1). */
const twoKinks: ScoreFunction = ([y]) =>
  tf.add(weighted([1, -1, 0.5, 0.25], -0.5)(y as Tensor), tf.mul(2, weighted([0.5, 1, -0.25, 1], -1)(y as Tensor)));

describe('guidedIntegratedGradients(model, x, { maxDistance }): what the reference code gives', () => {
  test.each([
    [0, [53.73, 26.865]],
    [0.02, [55.1304, 25.4628]],
    [0.1, [60.156, 20.43]],
    [0.2, [65.142, 15.435]],
    [0.5, [71.4609, 9.08955]],
    [1, [71.4609, 9.08955]],
  ])('(2 x₁ + x₂)² with maxDistance %d', async (maxDistance, expected) => {
    const { values, delta } = await of(2, squared, (model, target) =>
      guidedIntegratedGradients(model, vector(3, 3), { target, maxDistance }),
    );
    expectNear(values.data, expected, 2e-3);
    expectNear(delta as Float32Array, [expected.reduce((sum, value) => sum + value, 0) - 81], 2e-3);
  });

  test.each([
    [0.02, [2.706667, 0.576667, 0.05, 1.3975]],
    [1, [2.59, 0.71, 0, 0.7975]],
  ])('two ReLUs with maxDistance %d', async (maxDistance, expected) => {
    const { values } = await of(4, twoKinks, (model, target) =>
      guidedIntegratedGradients(model, vector(2, 1, 1, 1), { target, maxDistance }),
    );
    expectNear(values.data, expected, 2e-4);
  });

  test.each([
    [50, 0.3, [7.32, 14.64, 21.96, 53.984]],
    [200, 0.02, [9.7409, 19.4818, 29.2227, 41.0532]],
    [20, 1, [5.99, 11.98, 17.97, 58.52]],
  ])('%d steps, maxDistance %d, where most features are as in the baseline', async (steps, maxDistance, expected) => {
    const weights = [1, 2, 3, 4, ...new Array<number>(8).fill(0.5)];
    const target: ScoreFunction = ([y]) => tf.square(rowSums(tf.mul(y as Tensor, tf.tensor1d(weights))));
    const x = vector(1, 1, 1, 1, ...new Array<number>(8).fill(0));
    const { values } = await of(12, target, (model) =>
      guidedIntegratedGradients(model, x, { target, steps, maxDistance }),
    );
    expectNear(values.data, [...expected, ...new Array<number>(8).fill(0)], 1e-3);
  });

  test('a linear score gets weight times input', async () => {
    const linear: ScoreFunction = ([y]) => rowSums(tf.mul(y as Tensor, tf.tensor1d([1, -2, 3, 0.5])));
    const { values } = await of(4, linear, (model, target) =>
      guidedIntegratedGradients(model, vector(1, 2, 3, 4), { target }),
    );
    expectNear(values.data, [1, -4, 9, 2], 1e-5);
  });

  test('an input that is the baseline gets zeros', async () => {
    const { values } = await of(2, squared, (model, target) =>
      guidedIntegratedGradients(model, vector(0, 0), { target, steps: 3 }),
    );
    expect([...values.data]).toEqual([0, 0]);
  });
});

describe('integratedGradients(model, x, { adaptive })', () => {
  /** A kink at 0.35 of the way. */
  const kink: ScoreFunction = ([y]) => weighted([1, 1], -0.7)(y as Tensor);

  test('doubles the steps until the gap is small enough', async () => {
    const model = identity(2);
    const x = vector(1, 1);
    const once = await integratedGradients(model, x, { target: kink, steps: 7 });
    const adapted = await integratedGradients(model, x, { target: kink, steps: 7, adaptive: 1e-3 });
    expect(once.steps).toEqual(Int32Array.of(7));
    expect(Math.abs(once.delta[0] as number)).toBeGreaterThan(1e-3 * 1.3);
    expect(Math.abs(adapted.delta[0] as number)).toBeLessThanOrEqual(1e-3 * 1.3);
    const [steps] = adapted.steps as unknown as [number];
    expect(Math.log2(steps / 7) % 1).toBe(0);
    // Half as many would not have been enough.
    const half = await integratedGradients(model, x, { target: kink, steps: steps / 2 });
    expect(Math.abs(half.delta[0] as number)).toBeGreaterThan(1e-3 * 1.3);
    free(model);
  });

  test('goes on with the examples alone that need it, to the number of steps that is allowed', async () => {
    const model = identity(2);
    const x = { shape: [2, 2], data: Float32Array.of(1, 1, 0.1, 0.1) };
    const { steps, values } = await integratedGradients(model, x, {
      target: kink,
      steps: 5,
      adaptive: { share: 0, maxSteps: 20 },
    });
    expect(steps).toEqual(Int32Array.of(20, 5));
    const alone = await integratedGradients(model, vector(1, 1), { target: kink, steps: 20 });
    expect(values.data.slice(0, 2)).toEqual(alone.values.data);
    free(model);
  });

  test.each([
    [{ adaptive: -1 }, '"adaptive" expected a finite number of at least 0, got -1'],
    [
      { steps: 9, adaptive: { share: 0.1, maxSteps: 8 } },
      '"adaptive.maxSteps" expected an integer of at least 9, got 8',
    ],
  ])('%o is refused', async (options, message) => {
    const model = identity(2);
    await expect(integratedGradients(model, vector(1, 1), { target: kink, ...options })).rejects.toThrow(message);
    free(model);
  });
});

describe('blurIntegratedGradients(model, x)', () => {
  /** Σ c z² over a picture of 5 × 4. */
  const weighing: ScoreFunction = ([y]) => {
    const weights = tf.tensor(
      Float32Array.from({ length: 20 }, (_, i) => Math.cos(i * 0.7)),
      [1, 5, 4, 1],
    );
    return tf.sum(tf.mul(weights, tf.square(y as Tensor)), [1, 2, 3]);
  };

  test.each([
    [
      { maxSigma: 3 },
      [0.234747, 1.609291, 0.171195, -0.007301, -0.119149, -0.457291, -1.082806, 0.121009, 0.069583, 0.044773],
      1.372854,
    ],
    [
      { maxSigma: 3, sqrt: true },
      // The reference counts the end of the path as a variance here.
      [0.128148, 0.730548, 0.110863, 0.004906, 0.010502, -0.351594, -0.636683, 0.094811, 0.011224, -0.019056],
      0.59324,
    ],
  ])('%o: what the reference code gives, with differences of 1e-5', async (options, firstHalf, total) => {
    const model = chain([5, 4, 1], l.activation({ activation: 'linear' }));
    const x = { shape: [1, 5, 4, 1], data: Float32Array.from({ length: 20 }, (_, i) => Math.sin(i * 1.3) + 0.5) };
    const found = await blurIntegratedGradients(model, x, { ...options, steps: 20, target: weighing, batchSize: 7 });
    expectNear(found.values.data.subarray(0, 10), firstHalf, 2e-3);
    expectNear(sums(found), [total], 2e-3);
    free(model);
  });

  test.each([
    ['left' as const, 400, 0.03],
    ['gausslegendre' as const, 60, 0.01],
  ])('%s, %i steps: sums to F(x) − F(blurred)', async (rule, steps, share) => {
    const model = randomized(
      chain(
        [9, 8, 2],
        l.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh' }),
        l.globalAveragePooling2d({}),
        l.dense({ units: 2 }),
      ),
    );
    const [x] = inputsOf(model, 2) as [NdArray];
    const options = { rule, steps, maxSigma: 3, batchSize: 20, target: 1 } as const;
    const { delta, score } = await blurIntegratedGradients(model, x, options);
    // Zeros around the image: in a margin of zeros wide enough, reflection changes nothing.
    const far = inZeros(x, 16);
    const blurred = cut(blur(far, 3), 16, x.shape);
    const { score: origin } = await gradient(model, blurred, { target: 1 });
    score.forEach((value, i) => {
      const rise = value - (origin[i] as number);
      expect(Math.abs(delta?.[i] as number)).toBeLessThanOrEqual(share * Math.max(Math.abs(rise), 0.05));
    });
    free(model);
  });

  test('no blur, no attribution; no image, no blur', async () => {
    const model = await fixtureModel('vgg-tiny');
    const x = { shape: [1, 16, 16, 3], data: Float32Array.from({ length: 768 }, (_, i) => Math.sin(i)) };
    const { values } = await blurIntegratedGradients(model, x, { maxSigma: 0, steps: 2 });
    expect(Math.max(...values.data.map(Math.abs))).toBe(0);
    model.dispose();
    const flat = identity(2);
    await expect(blurIntegratedGradients(flat, vector(1, 1), {})).rejects.toThrow('"x" expected an image [n, h, w, c]');
    free(flat);
  });
});

function inZeros({ shape, data }: NdArray, margin: number): NdArray {
  const [count, rows, columns, channels] = shape as [number, number, number, number];
  const wide = [count, rows + 2 * margin, columns + 2 * margin, channels];
  const padded = new Float32Array(wide.reduce((a, b) => a * b, 1));
  data.forEach((value, i) => {
    padded[moved(i, { shape, margin })] = value;
  });
  return { shape: wide, data: padded };
}

function cut({ data }: NdArray, margin: number, shape: readonly number[]): NdArray {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => data[moved(i, { shape, margin })] as number) };
}

function moved(i: number, { shape, margin }: { shape: readonly number[]; margin: number }): number {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const channel = i % channels;
  const column = Math.floor(i / channels) % columns;
  const row = Math.floor(i / (channels * columns)) % rows;
  const example = Math.floor(i / (channels * columns * rows));
  const width = columns + 2 * margin;
  return ((example * (rows + 2 * margin) + row + margin) * width + column + margin) * channels + channel;
}

describe('layers on the way (closed forms of a small dense network)', () => {
  // Every number is from the definition by hand: x = (1, .5, 2), x' = (0, .5, 0).
  const x = vector(1, 0.5, 2);
  const baseline = { shape: [3], data: Float32Array.of(0, 0.5, 0) };
  function denseNet(): LayersModel {
    const model = chain(
      [3],
      l.dense({ units: 3, name: 'hidden', activation: 'relu' }),
      l.dense({ units: 1, name: 'score' }),
    );
    const weights = [
      tf.tensor2d([1, -1, 0.5, 2, 1, -1, -0.5, 1.5, 1], [3, 3]),
      tf.tensor1d([0.5, -1, 0.25]),
      tf.tensor2d([1, -2, 1.5], [3, 1]),
      tf.tensor1d([0.25]),
    ];
    model.setWeights(weights);
    tf.dispose(weights);
    return model;
  }
  const exact = { baseline, rule: 'middle', steps: 1000, batchSize: 250 } as const;

  test('conductance is (0, −3, 3.375), whatever the rule', async () => {
    const model = denseNet();
    for (const rule of ['left', 'right', 'middle', 'trapezoid', 'gausslegendre'] as const) {
      const { values, delta } = await conductance(model, x, {
        layer: 'hidden',
        baseline,
        rule,
        steps: 40,
        batchSize: 7,
      });
      expectNear(values.data, [0, -3, 3.375], 1e-4);
      expectNear(delta as Float32Array, [0], 1e-4);
    }
    free(model);
  });

  test('internalInfluence before the activation is (1, −1.5, 1.35)', async () => {
    const model = denseNet();
    const { values } = await internalInfluence(model, x, { ...exact, layer: 'hidden@preactivation' });
    expectNear(values.data, [1, -1.5, 1.35], 2e-3);
    free(model);
  });

  test('neuron conductances of all units sum to integrated gradients (3.175, 0, −2.8), of one to its conductance', async () => {
    const model = denseNet();
    const total = new Float32Array(3);
    for (const unit of [0, 1, 2]) {
      const found = await neuronConductance(model, x, { ...exact, layer: 'hidden', unit });
      found.values.data.forEach((value, i) => {
        total[i] = (total[i] as number) + value;
      });
      expectNear(sums(found), [[0, -3, 3.375][unit] as number], 1e-2);
    }
    expectNear(total, [3.175, 0, -2.8], 1e-2);
    free(model);
  });
});

test('neuronConductance of a channel: its positions sum to it, its pixels to its part of the conductance', async () => {
  const model = randomized(
    chain(
      [6, 5, 2],
      l.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh', name: 'spatial' }),
      l.flatten(),
      l.dense({ units: 2 }),
    ),
  );
  const [x] = inputsOf(model, 1) as [NdArray];
  const options = { layer: 'spatial', target: 1, rule: 'middle', batchSize: 30 } as const;
  const whole = await neuronConductance(model, x, { ...options, unit: 2, steps: 30 });
  const layer = await conductance(model, x, { ...options, steps: 30 });
  const [, rows, columns, channels] = layer.values.shape as [number, number, number, number];
  const part = layer.values.data.reduce((sum, value, i) => (i % channels === 2 ? sum + value : sum), 0);
  expect(Math.abs((sums(whole)[0] as number) - part)).toBeLessThan(1e-3 * Math.abs(part));
  const total = new Float32Array(60);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const position = [row, column] as const;
      const { values } = await neuronConductance(model, x, { ...options, unit: 2, steps: 30, position });
      values.data.forEach((value, i) => {
        total[i] = (total[i] as number) + value;
      });
    }
  }
  expectNear(total, [...whole.values.data], 1e-4 * Math.max(...whole.values.data.map(Math.abs)));
  free(model);
});

test.each<[string, (model: LayersModel, x: NdArray) => Promise<unknown>, string]>([
  ['an unknown layer', (m, x) => conductance(m, x, { layer: 'conv9' }), 'got "conv9"; near: conv1'],
  ['no steps', (m, x) => internalInfluence(m, x, { layer: 'conv1', steps: 0 }), '"steps" expected an integer'],
  [
    'a unit out of range',
    (m, x) => neuronConductance(m, x, { layer: 'fc1', unit: 99 }),
    '"unit" expected an integer in 0..',
  ],
  [
    'a position in a dense layer',
    (m, x) => neuronConductance(m, x, { layer: 'fc1', unit: 0, position: [0, 0] }),
    '"position" expected none for layer "fc1"',
  ],
  [
    'a position off the layer',
    (m, x) => neuronConductance(m, x, { layer: 'conv3', unit: 0, position: [0, 99] }),
    '"position[1]" expected an integer in 0..',
  ],
  [
    'a share above 1',
    (m, x) => guidedIntegratedGradients(m, x, { share: 2 }),
    '"share" expected a number in 0..1, got 2',
  ],
  ['a negative blur', (m, x) => blurIntegratedGradients(m, x, { maxSigma: -1 }), '"maxSigma" expected a finite number'],
])('%s is refused', async (_what, run, message) => {
  const model = await fixtureModel('vgg-tiny');
  await expect(run(model, { shape: [1, 16, 16, 3], data: new Float32Array(768) })).rejects.toThrow(message);
  model.dispose();
});
