import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { type DeepLiftRule, deepLift } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { apply, chain } from '../../oracle/building.ts';
import { type DenseLayer, deepLiftOfUnit } from '../../oracle/deepLift.ts';
import { batch, denseModel, type Matrix, randomMatrix, withWeights } from '../../oracle/denseModel.ts';
import { unrolledConv } from '../../oracle/unrolled.ts';
import { expectClose } from '../../support/close.ts';

const functions: Readonly<Record<string, (z: number) => number>> = {
  relu: (z) => Math.max(z, 0),
  relu6: (z) => Math.min(Math.max(z, 0), 6),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
};

async function maps(model: LayersModel, x: NdArray, options: Parameters<typeof deepLift>[2]): Promise<NdArray> {
  try {
    const { values, delta } = await deepLift(model, x, options);
    delta?.forEach((gap) => expect(Math.abs(gap)).toBeLessThan(1e-4));
    return values;
  } finally {
    model.dispose();
  }
}

// F = relu(x·W1 + b1)·W2 + b2 at x = (1, 0.5, 2) and x' = (0, 0.5, 0).
const hidden: Matrix = [
  [1, -1, 0.5],
  [2, 1, -1],
  [-0.5, 1.5, 1],
];
const twoLayers = (): LayersModel =>
  denseModel([
    { kernel: hidden, bias: [0.5, -1, 0.25], activation: 'relu' },
    { kernel: [[1], [-2], [1.5]], bias: [0.25], activation: 'linear' },
  ]);
const point = batch([[1, 0.5, 2]]);
const baseline = batch([[0, 0.5, 0]]);

test.each<[string, Parameters<typeof deepLift>[2], readonly number[]]>([
  ['rescale', { rule: 'rescale' }, [3.175, 0, -2.8]],
  ['revealCancel', { rule: 'revealCancel' }, [2.675, 0, -2.3]],
  ['mixed, dense throughout', { rule: 'mixed' }, [2.675, 0, -2.3]],
  // Δy = (1.5, 1.5, 2.25) against y' = (1.5, 0, 0).
  ['layer', { layer: 'dense0' }, [0, -3, 3.375]],
])('deepLift(dense net, x, %s)', async (_name, options, expected) => {
  const values = await maps(twoLayers(), point, { ...options, baseline });
  await expectClose(values, batch([expected]));
});

describe('deepLift(min(a, b) = a − relu(a − b), [a, b])', () => {
  const minimum = (): LayersModel => {
    const x = input({ shape: [2] });
    const excess = apply(l.dense({ units: 1, useBias: false, activation: 'relu' }), x);
    const joined = apply(l.concatenate(), [x, excess]);
    const model = modelOf({ inputs: x, outputs: apply(l.dense({ units: 1, useBias: false }), joined) });
    return withWeights(model, [
      [1, -1],
      [1, 0, -1],
    ]);
  };

  test.each<[DeepLiftRule, readonly number[], readonly number[]]>([
    ['rescale', [3, 1], [0, 1]],
    ['rescale', [1, 3], [1, 0]],
    ['revealCancel', [3, 1], [0.5, 0.5]],
    ['revealCancel', [1, 3], [0.5, 0.5]],
  ])('%s of %j is %j', async (rule, x, expected) => {
    await expectClose(await maps(minimum(), batch([x]), { rule }), batch([expected]));
  });
});

test('deepLift(2 relu(x1) + 2 relu(x2 − 1.5), (1, 2)) is (2, 1), as Captum has it', async () => {
  const model = denseModel([
    {
      kernel: [
        [1, 0],
        [0, 1],
      ],
      bias: [0, -1.5],
      activation: 'relu',
    },
    { kernel: [[2], [2]], bias: [0], activation: 'linear' },
  ]);
  await expectClose(await maps(model, batch([[1, 2]]), {}), batch([[2, 1]]));
});

test('deepLift(max pooling of ones against 1…9) gives the difference to the maxima of the baseline', async () => {
  const shape = [1, 2, 4, 1];
  const pooling = chain([2, 4, 1], l.maxPooling2d({ poolSize: 2 }), l.flatten());
  const ones = { shape, data: new Float32Array(8).fill(1) };
  const values = await maps(pooling, ones, {
    baseline: { shape, data: Float32Array.of(1, 2, 3, 9, 4, 8, 6, 7) },
    target: ([pooled]) => tf.sum(pooled as tf.Tensor, 1),
  });
  await expectClose(values, { shape, data: Float32Array.of(0, 0, 0, -8, 0, -7, 0, 0) });
});

test.each([
  [1, 9 / 10, 1 / 10],
  [2, 19 / 20, 1 / 20],
])('deepLift(two opposite units, all %f): the multipliers of the kundajelab tests', async (value, first, second) => {
  const weights = [1, 2, 3, 4];
  const kernel = weights.map((w) => [w, -w]);
  for (const [unit, slope] of [first, second].entries()) {
    // Alone in its output, a unit's multipliers are its own: those of the second one come from its negative side.
    const model = denseModel([{ kernel, bias: [-1, 1], activation: 'relu' }]);
    const values = await maps(model, batch([weights.map(() => value)]), { target: { layer: 'dense0', unit } });
    const sign = unit === 0 ? 1 : -1;
    await expectClose(values, batch([weights.map((w) => sign * w * slope * value)]));
  }
});

describe('deepLift(dense layers, x, {rule}) against unit-by-unit sums in float64', () => {
  const rules: readonly DenseLayer['rule'][] = ['rescale', 'revealCancel'];
  const stacks = [['relu'], ['relu', 'relu'], ['tanh', 'relu', 'sigmoid'], ['elu', 'relu6', 'tanh']];
  test.each(rules.flatMap((rule) => stacks.map((stack) => [rule, stack] as const)))('%s %j', async (rule, stack) => {
    const layers = [...stack, 'linear'].map((activation, k) => ({
      kernel: randomMatrix(k === 0 ? 6 : 5, 5, 7 * k + stack.length),
      bias: randomMatrix(1, 5, 100 + k)[0] as number[],
      activation,
    }));
    const [x, from] = [randomMatrix(3, 6, 1), randomMatrix(3, 6, 2)];
    // Where nothing differs, both multipliers count half.
    (from[0] as number[])[2] = x[0]?.[2] as number;
    const oracle = layers.map((layer): DenseLayer => ({ ...layer, activation: functions[layer.activation], rule }));
    for (const unit of [0, 4]) {
      const expected = x.map((row, i) => deepLiftOfUnit(oracle, { x: row, baseline: from[i] as number[], unit }));
      const values = await maps(denseModel(layers), batch(x), { rule, baseline: batch(from), target: unit });
      await expectClose(values, batch(expected), { tolerance: 5e-5 });
    }
  });
});

describe('deepLift(conv net, x, {rule}) against the same net written as matrices', () => {
  const geometry = { window: [3, 2], strides: [2, 1], padding: 'same', dilations: [1, 1] } as const;
  const kernel = randomMatrix(12, 3, 5);
  const bias = randomMatrix(1, 3, 6)[0] as number[];
  const head = { kernel: randomMatrix(36, 4, 8), bias: randomMatrix(1, 4, 9)[0] as number[], activation: 'relu' };
  const last = { kernel: randomMatrix(4, 2, 10), bias: [0.5, -0.25], activation: 'linear' };

  const convNet = (): LayersModel => {
    const model = chain(
      [5, 4, 2],
      l.conv2d({ filters: 3, kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'relu' }),
      l.flatten(),
      l.dense({ units: 4, activation: 'relu' }),
      l.dense({ units: 2 }),
    );
    const weights = [kernel.flat(), bias, head.kernel.flat(), head.bias, last.kernel.flat(), last.bias];
    return withWeights(model, weights);
  };
  const block = { shape: [3, 2, 2, 3], data: Float64Array.from(kernel.flat()) } as const;
  const relu = functions['relu'] as (z: number) => number;

  test.each<[DeepLiftRule, DenseLayer['rule'], DenseLayer['rule']]>([
    ['rescale', 'rescale', 'rescale'],
    ['revealCancel', 'revealCancel', 'revealCancel'],
    ['mixed', 'rescale', 'revealCancel'],
  ])('%s', async (rule, ofConvolution, ofDense) => {
    const layers: DenseLayer[] = [
      {
        kernel: unrolledConv(block, [5, 4], geometry),
        bias: Array.from({ length: 36 }, (_, i) => bias[i % 3] as number),
        activation: relu,
        rule: ofConvolution,
      },
      { ...head, activation: relu, rule: ofDense },
      { ...last, activation: undefined, rule: ofDense },
    ];
    const [x, from] = [randomMatrix(2, 40, 11), randomMatrix(2, 40, 12)];
    const expected = x.map((row, i) => deepLiftOfUnit(layers, { x: row, baseline: from[i] as number[], unit: 1 }));
    const shape = [2, 5, 4, 2];
    const values = await maps(
      convNet(),
      { ...batch(x), shape },
      { rule, baseline: { ...batch(from), shape }, target: 1 },
    );
    await expectClose(values, { ...batch(expected), shape }, { tolerance: 5e-5 });
  });
});
