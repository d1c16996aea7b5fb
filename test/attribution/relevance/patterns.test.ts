import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  fitPatterns,
  gradient,
  type PatternEstimator,
  type Patterns,
  patternAttribution,
  patternNet,
} from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import { gradientRule } from '../../../src/network/walk/composite.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import {
  chain,
  classifier,
  conv,
  free,
  inputsOf,
  type Layer,
  norm,
  picture,
  randomized,
} from '../../oracle/building.ts';
import { batch, denseModel, randomMatrix } from '../../oracle/denseModel.ts';
import { custom, Wave } from '../../oracle/layers.ts';
import { patternFrom, windowsOf } from '../../oracle/patterns.ts';
import type { Block } from '../../oracle/windows.ts';
import { expectClose } from '../../support/close.ts';

const estimators: readonly PatternEstimator[] = ['linear', 'twoComponent'];

/** x = s (1, 0) + d (1, 1) with signal and distractor ±1: the unit reads the signal, y = s, by w = (1, −1). */
const signalAndDistractor = batch([
  [2, 1],
  [0, -1],
  [0, 1],
  [-2, -1],
]);
const reader = (activation = 'linear', scale = 1): LayersModel =>
  denseModel([{ kernel: [[scale], [-scale]], bias: [0], activation }]);
const unit = { target: { layer: 'dense0', unit: 0 } };

describe.each(estimators)('fitPatterns(model, dataset, { estimator: %j })', (estimator) => {
  test.each(['linear', 'relu', 'tanh'])(
    'of a signal and a distractor is the signal, (1, 0) [%s]',
    async (activation) => {
      const model = reader(activation);
      const patterns = await fitPatterns(model, [signalAndDistractor], { estimator });
      const x = batch([[3, 1]]);
      await expectClose(patterns.layers[0]?.pattern as NdArray, { shape: [2, 1], data: Float32Array.of(1, 0) });
      if (activation !== 'tanh') {
        await expectClose((await gradient(model, x, unit)).values, batch([[1, -1]]));
        await expectClose((await patternNet(model, x, { patterns, ...unit })).values, batch([[1, 0]]));
        await expectClose((await patternAttribution(model, x, { patterns, ...unit })).values, batch([[1, 0]]));
      }
      expect(patterns.examples).toBe(4);
      expect(structuredClone(patterns)).toEqual(patterns);
      model.dispose();
    },
  );

  test('of weights times 5 is a fifth', async () => {
    const [model, other] = [reader('relu'), reader('relu', 5)];
    const [one, five] = [model, other].map((each) => fitPatterns(each, [signalAndDistractor], { estimator }));
    const [a, b] = [(await one)?.layers[0]?.pattern, (await five)?.layers[0]?.pattern] as [NdArray, NdArray];
    await expectClose(b, { shape: a.shape, data: a.data.map((value) => value / 5) });
    model.dispose();
    other.dispose();
  });
});

/** One linear layer before an activation, how its weights lie, and how a window reads its input. */
interface Case {
  readonly layers: () => readonly Layer[];
  readonly window: [number, number];
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly depthwise?: boolean;
}

const cases: Readonly<Record<string, Case>> = {
  'conv2d valid': { layers: () => [conv({ activation: 'relu' })], window: [3, 3], strides: [1, 1], padding: 'valid' },
  'conv2d same, strides 2 and 1': {
    layers: () => [conv({ kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'relu' })],
    window: [3, 2],
    strides: [2, 1],
    padding: 'same',
  },
  'conv2d and batch normalisation': {
    layers: () => [conv({ padding: 'same', useBias: false }), norm(), l.reLU()],
    window: [3, 3],
    strides: [1, 1],
    padding: 'same',
  },
  'depthwiseConv2d same, strides 2, multiplier 2': {
    layers: () => [
      l.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2, padding: 'same' }),
      norm(),
      l.reLU(),
    ],
    window: [3, 3],
    strides: [2, 2],
    padding: 'same',
    depthwise: true,
  },
  'dense on every position': {
    layers: () => [l.dense({ units: 4, activation: 'relu' })],
    window: [1, 1],
    strides: [1, 1],
    padding: 'valid',
  },
};

describe.each(estimators)('fitPatterns(…, { estimator: %j }) against sums over all windows in float64', (estimator) => {
  test.each(Object.entries(cases))('%s', async (_name, { layers, window, strides, padding, depthwise = false }) => {
    const model = randomized(chain(picture, ...layers()), 2);
    const x = inputsOf(model, 6, 4)[0] as NdArray;
    const { layers: found } = await fitPatterns(model, [x], { estimator, batchSize: 4 });
    const [{ pattern }] = found as [Patterns['layers'][number]];
    const { kernel, bias } = await mergedWeights(model);

    const input = { shape: x.shape, data: Float64Array.from(x.data) } as unknown as Block;
    const windows = windowsOf(input, { window, strides, padding, dilations: [1, 1] });
    const [channels, last] = pattern.shape.slice(-2) as [number, number];
    const units = depthwise ? channels * last : last;
    const expected = new Float32Array(pattern.data.length);
    for (let u = 0; u < units; u++) {
      const own = [...kernel.keys()].filter((k) => k % units === u);
      // Of a depthwise kernel, each unit reads one channel.
      const reads = own.map((k) =>
        depthwise ? Math.floor(k / units) * channels + Math.floor(u / last) : Math.floor(k / units),
      );
      const w = own.map((k) => kernel[k] as number);
      const samples = windows.map((values) => {
        const met = reads.map((i) => values[i] as number);
        const z = met.reduce((sum, value, i) => sum + value * (w[i] as number), bias[u] as number);
        return { x: met, active: estimator === 'linear' || z > 0 };
      });
      patternFrom(samples, w).forEach((value, i) => {
        expected[own[i] as number] = value;
      });
      const product = own.reduce((sum, k) => sum + (kernel[k] as number) * (pattern.data[k] as number), 0);
      expect(product).toBeCloseTo(samples.some(({ active }) => active) ? 1 : 0, 4);
    }
    await expectClose(pattern, { shape: pattern.shape, data: expected }, { tolerance: 1e-4 });
    free(model);
  });
});

/** Kernel and bias of the first layer with a batch normalisation behind it merged, in plain numbers. */
async function mergedWeights(model: LayersModel): Promise<{ kernel: number[]; bias: number[] }> {
  const named = new Map<string, number[]>();
  for (const weight of model.weights) {
    const role = ['gamma', 'beta', 'mean', 'variance', 'kernel', 'bias'].find((name) => weight.name.includes(name));
    named.set(role as string, [...(await weight.read().data())]);
  }
  const kernel = named.get('kernel') as number[];
  const variance = named.get('variance');
  if (!variance) return { kernel, bias: named.get('bias') as number[] };
  const units = variance.length;
  const of = (name: string, u: number): number => named.get(name)?.[u] ?? 0;
  const scale = variance.map((value, u) => of('gamma', u) / Math.sqrt(value + 1e-3));
  return {
    kernel: kernel.map((w, k) => w * (scale[k % units] as number)),
    bias: scale.map((s, u) => of('beta', u) + s * (of('bias', u) - of('mean', u))),
  };
}

test('fitPatterns(model, dataset) gives the same for any batch size and any division of the data', async () => {
  const model = classifier({ activation: 'linear' });
  const x = inputsOf(model, 5, 8)[0] as NdArray;
  const size = x.data.length / 5;
  const rows = (start: number, end: number): NdArray => ({
    shape: [end - start, ...x.shape.slice(1)],
    data: x.data.slice(start * size, end * size),
  });
  const whole = await fitPatterns(model, [x], { batchSize: 5 });
  const others = [
    await fitPatterns(model, [rows(0, 1), rows(1, 4), rows(4, 5)], { batchSize: 2 }),
    await fitPatterns(model, () => [0, 1, 2, 3, 4].map((i) => rows(i, i + 1)), { batchSize: 3 }),
  ];
  for (const { layers, examples } of others) {
    expect(examples).toBe(5);
    for (const [i, { pattern }] of layers.entries()) {
      await expectClose(pattern, whole.layers[i]?.pattern as NdArray, { tolerance: 1e-4 });
    }
  }
  free(model);
});

test('fitPatterns(model, dataset): units without an activation have the linear pattern, dead ones none', async () => {
  // The first unit is never active: x is positive and its weights and bias are negative.
  const model = denseModel([
    {
      kernel: [
        [-1, 1],
        [-2, 0.5],
      ],
      bias: [-1, 0.1],
      activation: 'relu',
    },
    { kernel: [[1], [-3]], bias: [-9], activation: 'linear' },
  ]);
  const x = batch(randomMatrix(40, 2, 3).map((row) => row.map(Math.abs)));
  const [first, last] = (await fitPatterns(model, [x])).layers as unknown as [
    { pattern: NdArray },
    { pattern: NdArray },
  ];
  expect([first.pattern.data[0], first.pattern.data[2]]).toEqual([0, 0]);
  expect((first.pattern.data[1] as number) + 0.5 * (first.pattern.data[3] as number)).toBeCloseTo(1, 5);
  // The logit is never positive, yet it has a pattern; of its inputs the first never varies.
  await expectClose(last.pattern, { shape: [2, 1], data: Float32Array.of(0, -1 / 3) });
  model.dispose();
});

test('patternNet of a ReLU network walks back by hand', async () => {
  const hidden = { kernel: randomMatrix(3, 4, 5), bias: randomMatrix(1, 4, 6)[0] as number[], activation: 'relu' };
  const model = denseModel([hidden, { kernel: randomMatrix(4, 2, 7), bias: [0, 1], activation: 'linear' }]);
  const patterns = await fitPatterns(model, [batch(randomMatrix(50, 3, 8))]);
  const [first, second] = patterns.layers.map(({ pattern }) => pattern.data) as [Float32Array, Float32Array];
  const [w1, w2] = [hidden.kernel.flat(), randomMatrix(4, 2, 7).flat()];
  const x = randomMatrix(1, 3, 9)[0] as number[];
  const gates = hidden.bias.map((b, j) =>
    x.reduce((sum, value, i) => sum + value * (w1[4 * i + j] as number), b) > 0 ? 1 : 0,
  );
  const back = (one: ArrayLike<number>, two: ArrayLike<number>): number[] =>
    x.map((_, i) =>
      gates.reduce<number>((sum, gate, j) => sum + gate * (one[4 * i + j] as number) * (two[2 * j + 1] as number), 0),
    );
  const times = (a: Float32Array, b: readonly number[]): Float32Array => a.map((value, k) => value * (b[k] as number));

  const { values, score, target } = await patternNet(model, batch([x]), { patterns, target: 1 });
  await expectClose(values, batch([back(first, second)]));
  expect(target).toEqual(Int32Array.of(1));
  expect(score).toEqual((await gradient(model, batch([x]), { target: 1 })).score);
  const attribution = await patternAttribution(model, batch([x]), { patterns, target: 1 });
  await expectClose(attribution.values, batch([back(times(first, w1), times(second, w2))]));
  model.dispose();
});

test.each([
  ['patternNet', patternNet],
  ['patternAttribution', patternAttribution],
] as const)('%s works on a compiled model, at a layer, in batches, and keeps nothing', async (_name, method) => {
  const model = randomized(
    chain(
      picture,
      l.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }),
      norm({ name: 'norm' }),
      l.reLU({ name: 'relu' }),
      l.maxPooling2d({ poolSize: 2, name: 'pool' }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ),
    6,
  );
  const network = compile(model);
  const x = inputsOf(model, 3, 4);
  const patterns = await fitPatterns(network, x, { batchSize: 2 });
  expect(patterns.layers.map(({ kind }) => kind)).toEqual(['depthwiseConv2d', 'conv2d', 'dense']);
  const alone = await method(model, x, { patterns, batchSize: 1, target: 2 });
  const together = await method(network, x, { patterns, batchSize: 3, target: 2 });
  const before = tf.memory().numTensors;
  await expectClose((await method(network, x, { patterns, batchSize: 2, target: 2 })).values, alone.values);
  expect(tf.memory().numTensors).toBe(before);
  await expectClose(together.values, alone.values);
  const inner = await method(network, x, { patterns, layer: 'relu', target: 2 });
  expect(inner.values.shape).toEqual([3, 6, 7, 4]);
  network.dispose();
  free(model);
});

describe('patternNet(model, x, { patterns }) refuses', () => {
  const other = (): LayersModel => classifier({ seed: 4 });

  test('patterns of other weights, layers and shapes', async () => {
    const model = classifier();
    const x = inputsOf(model, 2);
    const patterns = await fitPatterns(model, x);
    const trained = other();
    await expect(patternNet(trained, x, { patterns })).rejects.toThrow('got patterns of other weights');
    const dense = denseModel([{ kernel: [[1], [2]], bias: [0], activation: 'linear' }]);
    await expect(patternNet(dense, batch([[1, 2]]), { patterns })).rejects.toThrow('got none for dense "dense0"');
    const more = { ...patterns, layers: [...patterns.layers, { ...patterns.layers[0], address: 'conv9' }] } as Patterns;
    await expect(patternNet(model, x, { patterns: more })).rejects.toThrow('got a pattern for conv2d "conv9"');
    const wider = classifier({ units: 5 });
    await expect(patternNet(wider, x, { patterns })).rejects.toThrow('got shape [3, 4] for the kernel [3, 5]');
    for (const each of [model, trained, dense, wider]) free(each);
  });

  test('what is no patterns, a probability, an unknown layer', async () => {
    const model = classifier();
    const x = inputsOf(model, 2);
    const patterns = await fitPatterns(model, x);
    await expect(patternNet(model, x, undefined as never)).rejects.toThrow(
      '"patterns" expected what fitPatterns returns',
    );
    await expect(patternNet(model, x, { patterns, scale: 'probability' })).rejects.toThrow(
      `"scale" expected 'logit': patternNet has no rule for the final softmax`,
    );
    await expect(patternNet(model, x, { patterns, layer: 'conv9' })).rejects.toThrow('near: conv');
    free(model);
  });

  test('a layer or a target between a convolution and its batch normalisation', async () => {
    const model = classifier();
    const x = inputsOf(model, 2);
    const patterns = await fitPatterns(model, x);
    const target = { layer: 'conv1', unit: 0 };
    await expect(patternNet(model, x, { patterns, target })).rejects.toThrow('merged with its batch normalisation');
    const { values } = await patternNet(model, x, { patterns, target: { layer: 'norm1', unit: 0 } });
    expect(values.shape).toEqual([2, 6, 7, 2]);
    free(model);
  });

  test('a layer that is not known, unless it has a rule', async () => {
    const model = randomized(
      chain(picture, conv({ activation: 'relu' }), custom(Wave, 'wave'), l.flatten(), l.dense({ units: 2 })),
    );
    const x = inputsOf(model, 4);
    const patterns = await fitPatterns(model, x);
    await expect(patternNet(model, x, { patterns })).rejects.toThrow(
      'patternNet needs to know what layer "wave" (Wave) does',
    );
    const { values } = await patternNet(model, x, { patterns, rules: [['opaque', gradientRule]] });
    expect(values.shape).toEqual([4, 6, 7, 2]);
    free(model);
  });
});

describe('fitPatterns refuses', () => {
  test('an empty data set, examples that do not fit, an unknown estimator', async () => {
    const model = classifier();
    await expect(fitPatterns(model, [])).rejects.toThrow('"images" expected at least one image, got none');
    await expect(fitPatterns(model, [batch([[1, 2]])])).rejects.toThrow('"images" expected shape [n, 6, 7, 2]');
    await expect(fitPatterns(model, inputsOf(model), { estimator: 'robust' as 'linear' })).rejects.toThrow(
      '"estimator" expected one of',
    );
    await expect(fitPatterns(model, inputsOf(model), { batchSize: 0 })).rejects.toThrow(
      '"batchSize" expected an integer',
    );
    free(model);
  });

  test('a single example for a dense layer, which then has one sample', async () => {
    const model = randomized(chain([4], l.dense({ units: 3, name: 'only' })));
    await expect(fitPatterns(model, inputsOf(model, 1))).rejects.toThrow(
      '"images" expected at least 2 examples for the pattern of dense "only", got 1',
    );
    free(model);
  });

  test('transposed convolutions', async () => {
    const model = randomized(chain(picture, l.conv2dTranspose({ filters: 2, kernelSize: 3, name: 'up' })));
    await expect(fitPatterns(model, inputsOf(model))).rejects.toThrow(
      'fitPatterns has no pattern for conv2dTranspose "up"',
    );
    free(model);
  });

  test('to go on when it is aborted, and leaks nothing', async () => {
    const model = classifier();
    const x = inputsOf(model, 4)[0] as NdArray;
    const reason = new Error('enough');
    const controller = new AbortController();
    const seen: number[] = [];
    const run = fitPatterns(model, [x, x], {
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ done, total, stage }) => {
        expect([stage, total]).toEqual(['fitPatterns', Number.POSITIVE_INFINITY]);
        seen.push(done);
        if (done === 2) controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    expect(seen).toEqual([1, 2]);
    await expect(fitPatterns(model, [x], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    free(model);
  });
});
