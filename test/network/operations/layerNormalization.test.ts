import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { composites, deepLift, gradient, lrp, rules } from '../../../src/attribution/index.ts';
import type { OperationParameters } from '../../../src/network/graph/operation.ts';
import type { Network } from '../../../src/network/network.ts';
import { dense } from '../../../src/network/operations/dense.ts';
import { layerNormalization } from '../../../src/network/operations/layerNormalization.ts';
import { expectClose } from '../../support/close.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { expectGradient, expectParts, noiseTensor, passes } from '../../support/operations.ts';

/** A normalisation with weights of the lengths of its axes. */
async function using(
  shape: readonly number[],
  axes: readonly number[],
  job: (network: Network, parameters: OperationParameters) => Promise<void>,
): Promise<void> {
  const lengths = axes.map((axis) => shape[(axis < 0 ? axis + shape.length + 1 : axis) - 1] as number);
  const parameters = { gamma: noiseTensor(lengths, 1), beta: noiseTensor(lengths, 2) };
  const network = operationNetwork(shape, [
    ['y', (source) => layerNormalization(source, { axes, epsilon: 1e-3 }, () => parameters)],
  ]);
  await job(network, parameters);
  network.dispose();
  tf.dispose(parameters);
}

const cases: readonly (readonly [name: string, shape: number[], axes: number[]])[] = [
  ['channels of a picture', [3, 4, 5], [-1]],
  ['channels, from the front', [3, 4, 5], [3]],
  ['a vector', [6], [1]],
  ['a whole sequence', [4, 3], [1, 2]],
  ['groups of channels', [6, 2, 3], [1, 3]],
];

test.each(cases)('layerNormalization over %s is the formula, and has its gradient', async (_name, shape, axes) => {
  await using(shape, axes, async (network, { gamma, beta }) => {
    const x = noiseTensor([2, ...shape], 3);
    const { y, cotangent, gradient } = passes(network, x);
    const [values, found, scale, shift] = await Promise.all(
      [x, y, gamma as Tensor, beta as Tensor].map((t) => t.data()),
    );
    const places = placesOf([2, ...shape], axes);
    for (let i = 0; i < places.length; i++) {
      const alike = Array.from(values as Float32Array).filter((_, k) => places[k]?.group === places[i]?.group);
      const mean = alike.reduce((sum, value) => sum + value, 0) / alike.length;
      const variance = alike.reduce((sum, value) => sum + (value - mean) ** 2, 0) / alike.length;
      const at = places[i]?.weight as number;
      const standard = ((values?.[i] as number) - mean) / Math.sqrt(variance + 1e-3);
      expect(found?.[i]).toBeCloseTo((scale?.[at] as number) * standard + (shift?.[at] as number), 4);
    }
    await expectGradient(network, x);
    tf.dispose([x, y, cotangent, gradient]);
  });
});

/** Which moments each number of a tensor belongs to, and which weight it meets. */
function placesOf(shape: readonly number[], axes: readonly number[]): { group: string; weight: number }[] {
  const counted = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, i) => {
    let [rest, weight, stride] = [i, 0, 1];
    const group: number[] = [];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      const place = rest % length;
      rest = Math.floor(rest / length);
      if (!counted.includes(axis)) group.push(place);
      else {
        weight += place * stride;
        stride *= length;
      }
    }
    return { group: group.join(), weight };
  });
}

test('layerNormalization of the channels of a picture: parts', async () => {
  await using([4, 5, 3], [-1], async (network) => {
    const x = noiseTensor([1, 4, 5, 3], 3) as tf.Tensor4D;
    await expectParts(network, x);
    x.dispose();
  });
});

describe('LRP', () => {
  test('divides as the linear map that is left where the variance is a constant of the example', async () => {
    await using([6], [1], async (network, { gamma, beta }) => {
      const x = { shape: [1, 6], data: Float32Array.of(2, -1, 0.5, 3, 0.25, -0.75) };
      const { values } = await lrp(network, x, { target: 2, composite: composites.uniform(rules.epsilon()) });
      const [scale, shift] = [await gamma?.data(), await beta?.data()];
      const mean = x.data.reduce((sum, value) => sum + value, 0) / 6;
      const variance = x.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6;
      const factor = (scale?.[2] as number) / Math.sqrt(variance + 1e-3);
      const y = factor * (0.5 - mean) + (shift?.[2] as number);
      // R = y at the target: each input gets what it adds to y.
      const expected = x.data.map((value, i) => (value * factor * ((i === 2 ? 1 : 0) - 1 / 6) * y) / y);
      await expectClose(values, { shape: [1, 6], data: expected }, { tolerance: 1e-4 });
    });
  });

  test('conserves relevance without biases', async () => {
    const weights = { gamma: noiseTensor([5], 1), beta: noiseTensor([5], 2), kernel: noiseTensor([5, 3], 3) };
    const { kernel, ...ofNorm } = weights;
    const network = operationNetwork(
      [5],
      [
        ['normed', (source) => layerNormalization(source, { axes: [-1], epsilon: 1e-3 }, () => ofNorm)],
        ['scores', (source) => dense(source, () => ({ kernel }))],
      ],
    );
    const x = { shape: [2, 5], data: Float32Array.of(2, -1, 0.5, 3, 0.25, 1, 0, -2, 4, 0.5) };
    const options = { target: 1, composite: composites.uniform(rules.epsilon()) };
    const { values, score } = await lrp(network, x, { ...options, bias: false });
    const sums = [0, 1].map((n) => values.data.subarray(5 * n, 5 * n + 5).reduce((sum, value) => sum + value, 0));
    sums.forEach((sum, n) => expect(sum / (score[n] as number)).toBeCloseTo(1, 3));
    const kept = await lrp(network, x, options);
    expect(kept.values.data.slice(0, 5).reduce((sum, value) => sum + value, 0)).not.toBeCloseTo(score[0] as number, 2);
    network.dispose();
    tf.dispose(weights);
  });
});

describe('DeepLIFT', () => {
  test.each(cases)('is complete over %s', async (_name, shape, axes) => {
    await using(shape, axes, async (network) => {
      const x = noiseTensor([2, ...shape], 3);
      const weights = noiseTensor([1, ...shape], 6);
      const target = ([y]: readonly Tensor[]): Tensor => {
        const product = tf.mul(y as Tensor, weights);
        return tf.sum(tf.reshape(product, [product.shape[0] as number, -1]), 1);
      };
      for (const baseline of ['zero', 0.5, 'uniform'] as const) {
        const { delta, score } = await deepLift(network, x, { target, baseline });
        delta?.forEach((gap, i) => {
          expect(Math.abs(gap) / Math.max(1, Math.abs(score[i] as number))).toBeLessThan(1e-4);
        });
      }
      tf.dispose([x, weights]);
    });
  });

  test('near its baseline is the gradient times the difference', async () => {
    await using([6], [1], async (network) => {
      const x = Float32Array.of(2, -1, 0.5, 3, 0.25, -0.75);
      const difference = [1, 2, -1, 0.5, -2, 1].map((value) => value / 256);
      const data = x.map((value, i) => value - (difference[i] as number));
      const example = { shape: [1, 6], data: x };
      const { values } = await deepLift(network, example, { target: 1, baseline: { shape: [1, 6], data } });
      const slopes = (await gradient(network, example, { target: 1 })).values.data;
      const expected = slopes.map((slope, i) => slope * (difference[i] as number));
      await expectClose(values, { shape: [1, 6], data: expected }, { tolerance: 0.02, floor: 1e-6 });
    });
  });
});
