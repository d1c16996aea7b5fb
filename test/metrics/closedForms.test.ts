import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { initializers, layers as l, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradient, integratedGradients } from '../../src/attribution/index.ts';
import {
  averageDrop,
  completenessGap,
  deletion,
  faithfulnessCorrelation,
  faithfulnessEstimate,
  infidelity,
  insertion,
  irof,
  monotonicity,
  monotonicityCorrelation,
  muFidelity,
  pixelFlipping,
  regionPerturbation,
  road,
  sensitivityN,
} from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { contributions, linearModel } from '../support/linearModel.ts';

// Scores that can be worked out by hand: no implementation made the numbers.

const array = (shape: readonly number[], values: Iterable<number>): NdArray => ({
  shape,
  data: Float32Array.from(values),
});
const negated = ({ shape, data }: NdArray): NdArray =>
  array(
    shape,
    data.map((value) => -value),
  );

function expectNear(found: ArrayLike<number> | undefined, expected: readonly number[], tolerance = 1e-5): void {
  expect(found?.length).toBe(expected.length);
  expected.forEach((value, i) => {
    const difference = Math.abs((found?.[i] as number) - value);
    expect(difference, `${found?.[i]} for ${value}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}

async function withModel(model: LayersModel, job: (model: LayersModel) => Promise<void>): Promise<void> {
  try {
    await job(model);
  } finally {
    model.dispose();
  }
}

/** Hands its inputs on, so that a score function alone decides. */
function passing(length: number): LayersModel {
  const model = sequential({ layers: [l.dense({ units: length, inputShape: [length], useBias: false })] });
  tf.tidy(() => model.setWeights([tf.eye(length)]));
  return model;
}

describe('f = 0.4 x₁ + 0.3 x₂ + 0.2 x₃ + 0.1 x₄ at x = 1', () => {
  const weights = [0.4, 0.3, 0.2, 0.1];
  const x = array([1, 4], [1, 1, 1, 1]);
  const attribution = array([1, 4], weights);
  const run = (job: (model: LayersModel) => Promise<void>): Promise<void> => withModel(linearModel([4], weights), job);

  test('deletion(…) is 0.375, in reverse 0.625', () =>
    run(async (model) => {
      const { score, curve, higherIsBetter } = await deletion(model, x, { attribution });
      expectNear(score, [0.375]);
      expectNear(curve?.data, [1, 0.6, 0.3, 0.1, 0]);
      expect(higherIsBetter).toBe(false);
      const reverse = await deletion(model, x, { attribution, order: 'lerf' });
      expectNear(reverse.score, [0.625]);
      expectNear(reverse.curve?.data, [1, 0.9, 0.7, 0.4, 0]);
      expect(reverse.higherIsBetter).toBe(true);
    }));

  test('insertion(…, {baseline: 0}) is 0.625, in reverse 0.375', () =>
    run(async (model) => {
      const { score, curve, higherIsBetter } = await insertion(model, x, { attribution, baseline: 0 });
      expectNear(score, [0.625]);
      expectNear(curve?.data, [0, 0.4, 0.7, 0.9, 1]);
      expect(higherIsBetter).toBe(true);
      const reverse = await insertion(model, x, { attribution, baseline: 0, order: 'lerf' });
      expectNear(reverse.score, [0.375]);
      expect(reverse.higherIsBetter).toBe(false);
    }));

  test('deletion(…, {perStep: 3}) takes what is left in the last step', () =>
    run(async (model) => {
      const { curve } = await deletion(model, x, { attribution, perStep: 3 });
      expectNear(curve?.data, [1, 0.1, 0]);
    }));

  test('monotonicity(…) is 1 for the contributions and 0 where one falls', () =>
    run(async (model) => {
      const rising = await monotonicity(model, x, { attribution });
      expectNear(rising.score, [1]);
      expectNear(rising.curve?.data, [0, 0.1, 0.3, 0.6, 1]);
      const falling = linearModel([4], [0.4, 0.3, -0.2, 0.1]);
      expectNear((await monotonicity(falling, x, { attribution })).score, [0]);
      falling.dispose();
    }));

  test('faithfulnessEstimate(…) is ±1; its curve is what each feature takes along', () =>
    run(async (model) => {
      const { score, curve } = await faithfulnessEstimate(model, x, { attribution: array([1, 4], [1, 4, 2, 3]) });
      expectNear(curve?.data, [0.3, 0.1, 0.2, 0.4]);
      // Of (4, 3, 2, 1) and (3, 1, 2, 4): Σ (a − 2.5)(b − 2.5) = −2, and Σ (a − 2.5)² = 5 of both.
      expectNear(score, [-0.4]);
      expectNear((await faithfulnessEstimate(model, x, { attribution })).score, [1]);
      expectNear((await faithfulnessEstimate(model, x, { attribution: negated(attribution) })).score, [-1]);
    }));

  test('averageDrop(…): the mask is the magnitude from 0 to 1', () =>
    run(async (model) => {
      const map = array([1, 4], [-3, 1, 2, 1]);
      // m = (1, 0, 1/2, 0): F = 0.5.
      expectNear((await averageDrop(model, x, { attribution: map })).score, [0.5]);
      // Nothing is left to gain.
      expect((await averageDrop(model, x, { attribution: map, kind: 'gain' })).score).toEqual(
        Float32Array.of(Number.NaN),
      );
    }));
});

test('averageDrop(…, {kind: "gain" | "increase"}) where the rest of the picture speaks against the class', async () => {
  await withModel(linearModel([2], [0.5, -0.25]), async (model) => {
    const x = array([2, 2], [1, 1, 1, 0]);
    const attribution = array([2, 2], [2, 1, 2, 1]);
    // p = 0.25 and 0.5, behind the mask (1, 0) 0.5 both.
    expectNear((await averageDrop(model, x, { attribution, kind: 'gain' })).score, [0.25 / 0.75, 0]);
    expectNear((await averageDrop(model, x, { attribution, kind: 'increase' })).score, [1, 0]);
    const drop = await averageDrop(model, x, { attribution });
    expectNear(drop.score, [0, 0]);
    expect(drop.higherIsBetter).toBe(false);
  });
});

describe('analytic extremes', () => {
  const x = array([1, 10], new Array(10).fill(1));
  const attribution = array(
    [1, 10],
    Array.from({ length: 10 }, (_, i) => i),
  );

  test('a score that any missing pixel brings to 0 has deletion 1/20: it falls in the first of ten steps', () =>
    withModel(passing(10), async (model) => {
      const all = ([y]: readonly Tensor[]): Tensor => tf.min(y as Tensor, 1);
      const { score, curve } = await deletion(model, x, { attribution, target: all });
      expectNear(curve?.data, [1, ...new Array(10).fill(0)]);
      expectNear(score, [1 / 20]);
    }));

  test('a score that any pixel brings to 1 has insertion 19/20', () =>
    withModel(passing(10), async (model) => {
      const any = ([y]: readonly Tensor[]): Tensor => tf.max(y as Tensor, 1);
      const { score, curve } = await insertion(model, x, { attribution, target: any, baseline: 'zero' });
      expectNear(curve?.data, [0, ...new Array(10).fill(1)]);
      expectNear(score, [19 / 20]);
    }));
});

describe('a linear score of a picture', () => {
  const shape = [6, 5, 2];
  const { normal } = random(5);
  const weights = Array.from({ length: 60 }, normal);
  const x = array([2, ...shape], Array.from({ length: 120 }, normal));
  const exact = contributions(x, weights);
  const run = (job: (model: LayersModel) => Promise<void>): Promise<void> =>
    withModel(linearModel(shape, weights, 0.7), job);

  test('deletion and insertion of one order and baseline sum to F(x) + F(x′)', () =>
    run(async (model) => {
      const baseline = array(shape, Array.from({ length: 60 }, normal));
      const attribution = array([2, 6, 5], Array.from({ length: 60 }, normal));
      const [gone, come] = [
        await deletion(model, x, { attribution, baseline }),
        await insertion(model, x, { attribution, baseline }),
      ];
      const { score } = await gradient(model, x);
      const origin = baseline.data.reduce((sum, value, i) => sum + value * (weights[i] as number), 0.7);
      const sums = [...score].map((value) => value + origin);
      expectNear(
        [...gone.score].map((value, i) => value + (come.score[i] as number)),
        sums,
        1e-4,
      );
    }));

  test('exact contributions correlate perfectly with what subsets take along, their negatives inversely', () =>
    run(async (model) => {
      for (const [attribution, sign] of [
        [exact, 1],
        [negated(exact), -1],
      ] as const) {
        const options = { attribution, samples: 20 };
        const { score, curve } = await sensitivityN(model, x, { ...options, sizes: [1, 2, 7, 20] });
        expectNear(score, [sign, sign]);
        expectNear(curve?.data, new Array(8).fill(sign));
        expectNear((await faithfulnessCorrelation(model, x, options)).score, [sign, sign]);
        expectNear((await faithfulnessEstimate(model, x, { attribution, perStep: 1 })).score, [sign, sign]);
        const { score: ranked } = await muFidelity(model, x, { ...options, grid: 4 });
        // Sums that differ by less than rounding may change places.
        expectNear(ranked, [sign, sign], 1e-2);
      }
    }));

  test('sensitivityN(…) of all pixels at once is undefined: there is one such subset', () =>
    run(async (model) => {
      const { curve } = await sensitivityN(model, x, { attribution: exact, sizes: [30], samples: 3 });
      expect(curve?.data.every(Number.isNaN)).toBe(true);
    }));

  test('infidelity(…) of the gradient is 0, of twice the gradient E[(I·w)²], normalised 0', () =>
    run(async (model) => {
      const attribution = (await gradient(model, x)).values;
      const twice = array(
        attribution.shape,
        attribution.data.map((value) => 2 * value),
      );
      for (const kind of ['noise', 'square'] as const) {
        const options = { kind, samples: 5, seed: 3 };
        expectNear((await infidelity(model, x, { ...options, attribution })).score, [0, 0], 1e-5);
        const normalized = await infidelity(model, x, { ...options, attribution: twice, normalize: true });
        expectNear(normalized.score, [0, 0], 1e-5);
      }
      const step = array([1, 2, ...shape], new Array(120).fill(0.5));
      const half = weights.reduce((sum, weight) => sum + weight / 2, 0);
      const { score } = await infidelity(model, x, { attribution: twice, perturbations: step });
      expectNear(score, [half ** 2, half ** 2], 1e-4);
    }));

  test('regionPerturbation(…, {patch: 6}) of one patch is half of what the picture adds', () =>
    run(async (model) => {
      const { score, curve } = await regionPerturbation(model, x, { attribution: exact, patch: 6, baseline: 0 });
      const sums = [0, 1].map((i) => exact.data.subarray(60 * i, 60 * (i + 1)).reduce((sum, value) => sum + value, 0));
      expect(curve?.shape).toEqual([2, 2]);
      expectNear(
        score,
        sums.map((sum) => sum / 2),
        1e-4,
      );
    }));

  test('regionPerturbation(…, {regions}) stops after as many', () =>
    run(async (model) => {
      const all = await regionPerturbation(model, x, { attribution: exact, patch: 3 });
      const some = await regionPerturbation(model, x, { attribution: exact, patch: 3, regions: 2 });
      expect([all.curve?.shape, some.curve?.shape]).toEqual([
        [2, 5],
        [2, 3],
      ]);
      expectNear(some.curve?.data.subarray(0, 3), [...(all.curve?.data.subarray(0, 3) ?? [])]);
    }));

  test('pixelFlipping(…) orders the channels of a pixel by themselves', () =>
    run(async (model) => {
      const { curve } = await pixelFlipping(model, x, { attribution: exact, perStep: 1 });
      const sorted = [...exact.data.subarray(0, 60)].sort((a, b) => b - a);
      const expected = [0, ...sorted].map((_, k) => sorted.slice(k).reduce((sum, value) => sum + value, 0.7));
      expectNear(curve?.data.subarray(0, 61), expected, 1e-4);
    }));
});

test('monotonicityCorrelation(…) is 1 for magnitudes |w| where x is ±1, whatever the signs', async () => {
  const weights = [0.2, -0.5, 1, -2, 4];
  await withModel(linearModel([5], weights, 3), async (model) => {
    const x = array([1, 5], [1, -1, 1, -1, 1]);
    const { score, curve } = await monotonicityCorrelation(model, x, { attribution: contributions(x, weights) });
    expectNear(score, [1]);
    // E[(1 − u)²] = 4/3 for u uniform on [−1, 1]; F = 0.2 + 0.5 + 1 + 2 + 4 + 3.
    const expected = [4, 2, 1, 0.5, 0.2].map((weight) => (weight ** 2 * 4) / 3 / 10.7 ** 2);
    expected.forEach((value, i) => expect((curve?.data[i] as number) / value).toBeCloseTo(1, 0));
  });
});

test('infidelity(…) of integrated gradients to the step x − x′ is the square of their completeness gap', async () => {
  const model = sequential({
    layers: [
      l.dense({
        units: 6,
        inputShape: [4],
        activation: 'tanh',
        kernelInitializer: initializers.glorotUniform({ seed: 1 }),
      }),
      l.dense({ units: 2, kernelInitializer: initializers.glorotUniform({ seed: 2 }) }),
    ],
  });
  await withModel(model, async () => {
    const x = array([2, 4], [1, 2, -1, 0.5, -2, 1, 1, 0.3]);
    const attribution = await integratedGradients(model, x, { steps: 2, rule: 'left', target: 1 });
    const rates = array(
      [2, 4],
      attribution.values.data.map((value, i) => value / (x.data[i] as number)),
    );
    const options = { attribution: rates, perturbations: array([1, 2, 4], x.data), target: 1 };
    const { score } = await infidelity(model, x, options);
    const squares = [...(attribution.delta as Float32Array)].map((gap) => gap ** 2);
    expect(Math.min(...squares)).toBeGreaterThan(1e-4);
    expectNear(score, squares, 1e-4);
    const gaps = completenessGap(attribution);
    const gains = [...(attribution.delta as Float32Array)].map((gap, i) => {
      const sum = attribution.values.data.subarray(4 * i, 4 * (i + 1)).reduce((total, part) => total + part, 0);
      return Math.abs(gap / (sum - gap));
    });
    expectNear(gaps.score, gains, 1e-4);
    // The score of the zero baseline is that of the biases alone: 0.
    expectNear(completenessGap(attribution, { origin: 0 }).score, [...gaps.score], 1e-4);
  });
});

test('irof(…) of a sum of segments: F_k / F_0 falls by their shares', async () => {
  await withModel(linearModel([2, 4, 1], new Array(8).fill(1)), async (model) => {
    // Columns of 4, 3, 2 and 1, two pixels each; the example without the third column has segments of its own.
    const x = array([2, 2, 4, 1], [4, 3, 2, 1, 4, 3, 2, 1, 4, 4, 2, 1, 4, 4, 2, 1]);
    const data = Int32Array.from([3, 2, 1, 0, 3, 2, 1, 0, 0, 0, 1, 2, 0, 0, 1, 2]);
    const options = { segments: { shape: [2, 2, 4], data }, baseline: 0 } as const;
    const { score, curve, higherIsBetter } = await irof(model, x, { attribution: x, ...options });
    expectNear(curve?.data.subarray(0, 5), [1, 0.6, 0.3, 0.1, 0]);
    expectNear(curve?.data.subarray(5, 9), [1, 6 / 22, 2 / 22, 0]);
    expect(curve?.data[9]).toBeNaN();
    expectNear(score, [1 - 0.375, 1 - (0.5 + 8 / 22) / 3]);
    expect(higherIsBetter).toBe(true);
    const reverse = await irof(model, x, { attribution: x, ...options, order: 'lerf' });
    expectNear(reverse.score, [1 - 0.625, 1 - (0.5 + 20 / 22 + 16 / 22) / 3]);
  });
});

test('road(…) of a picture of one colour changes nothing; combined it is 0', async () => {
  await withModel(linearModel([5, 6, 1], new Array(30).fill(1 / 30)), async (model) => {
    const x = array([1, 5, 6, 1], new Array(30).fill(2));
    const attribution = array(
      [1, 5, 6],
      Array.from({ length: 30 }, (_, i) => (i * 7) % 30),
    );
    const { score, curve } = await road(model, x, { attribution, order: 'morf' });
    expect(curve?.shape).toEqual([1, 9]);
    expectNear(curve?.data, new Array(9).fill(2));
    expectNear(score, [2]);
    expectNear((await road(model, x, { attribution })).score, [0]);
  });
});
