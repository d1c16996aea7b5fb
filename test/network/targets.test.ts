import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { input, type LayersModel, layers as l, model as modelFrom, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { predict } from '../../src/network/predict.ts';
import type { Scale } from '../../src/network/types.ts';
import { mapBatches } from '../../src/network/walk/batches.ts';
import { readInputs, rowsOf } from '../../src/network/walk/inputs.ts';
import { signalAt } from '../../src/network/walk/signals.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { createScorer } from '../../src/scoring/targets/createScorer.ts';
import type { Target } from '../../src/scoring/types.ts';
import { chain, classifier, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';
import { modelOf } from '../support/modelOf.ts';

type Rows = readonly (readonly number[])[];

const count = 3;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softmax = (row: readonly number[]): number[] => {
  const sum = row.reduce((total, z) => total + Math.exp(z), 0);
  return row.map((z) => Math.exp(z) / sum);
};
const top = (row: readonly number[]): number => row.indexOf(Math.max(...row));
const at = (row: readonly number[], i: number): number => row[i] as number;
const mean = (row: readonly number[]): number => row.reduce((sum, z) => sum + z, 0) / row.length;

/** Heads by the activation of their last layers, and what makes logits probabilities. */
const heads: readonly [string, () => LayersModel, (row: readonly number[]) => number[]][] = [
  ['softmax', () => classifier(), softmax],
  ['softmax and reshape', () => withReshape(), softmax],
  ['logits', () => classifier({ activation: 'linear' }), softmax],
  ['sigmoid of several', () => classifier({ activation: 'sigmoid' }), (row) => row.map(sigmoid)],
  ['sigmoid of one', () => classifier({ units: 1, activation: 'sigmoid' }), (row) => row.map(sigmoid)],
];

const targets: readonly [string, Target, (row: readonly number[], i: number) => number][] = [
  ['a class', 2, (row) => at(row, 2)],
  ['a class each', [3, 0, 1], (row, i) => at(row, at([3, 0, 1], i))],
  ['a class minus a class', { class: 1, minus: [0, 2, 3] }, (row, i) => at(row, 1) - at(row, at([0, 2, 3], i))],
  [
    'a class minus the rest',
    { class: [1, 3, 0], minus: 'rest' },
    (row, i) => {
      const k = at([1, 3, 0], i);
      return at(row, k) - mean(row.filter((_, other) => other !== k));
    },
  ],
  ['output 0', { output: 0, target: { class: 1, minus: 2 } }, (row) => at(row, 1) - at(row, 2)],
];

/** Class 1 is the one unit of a binary model, class 0 what speaks against it. */
function binaryTargets(scale: Scale): typeof targets {
  const against = (score: number): number => {
    if (scale === 'logit') return -score;
    return scale === 'probability' ? 1 - score : Math.log(1 - Math.exp(score));
  };
  const positive = (score: number): boolean =>
    score > { logit: 0, probability: 0.5, logProbability: Math.log(0.5) }[scale];
  return [
    ['class 1', 1, (row) => at(row, 0)],
    ['class 0', 0, (row) => against(at(row, 0))],
    ['1 minus 0', { class: 1, minus: 0 }, (row) => at(row, 0) - against(at(row, 0))],
    ['predicted', 'predicted', (row) => (positive(at(row, 0)) ? at(row, 0) : against(at(row, 0)))],
  ];
}

const scales: readonly Scale[] = ['logit', 'probability', 'logProbability'];

describe.each(heads)('createScorer(network, { target, scale }): %s', (_name, build, toProbability) => {
  test.each(scales)('%s', async (scale) => {
    const model = build();
    const network = compile(model);
    const units = model.outputs[0]?.shape.at(-1) as number;
    const [x] = inputsOf(model, count, 5) as [NdArray];
    const logits = rows((await predict(network, x, { scale: 'logit' })).values);
    const scored = logits.map((row) => {
      if (scale === 'logit') return row;
      const p = toProbability(row);
      return scale === 'probability' ? p : p.map(Math.log);
    });
    const { values } = await predict(network, x, { scale });
    await expectClose(values, { shape: values.shape, data: Float32Array.from(scored.flat()) });
    const predicted: (typeof targets)[number] = [
      'predicted',
      'predicted',
      (row, i) => at(row, top(logits[i] as number[])),
    ];
    const cases = units > 1 ? [...targets, predicted] : binaryTargets(scale);
    for (const [name, target, formula] of cases) {
      await expectScore({ network, x, target, scale, name }, scored.map(formula));
    }
    network.dispose();
    free(model);
  });
});

describe.each([
  ['softmaxes', 3, [0, 2], (row: readonly number[], k: number) => at(row, k)],
  ['sigmoids of one unit', 1, [0, 1], (row: readonly number[], k: number) => (k === 1 ? at(row, 0) : 1 - at(row, 0))],
] as const)('createScorer(network, { target, scale }): a mean of %s', (_name, units, classes, probability) => {
  test.each(['probability', 'logProbability'] as const)('%s', async (scale) => {
    const model = meanOf(units);
    const network = compile(model);
    const [x] = inputsOf(model, count, 5) as [NdArray];
    const output = rows((await predict(network, x)).values);
    for (const target of classes) {
      const scores = output.map((row) => probability(row, target));
      const expected = scale === 'probability' ? scores : scores.map(Math.log);
      await expectScore({ network, x, target, scale, name: `class ${target}` }, expected);
      if (scale === 'probability') await expectScore({ network, x, target, name: `class ${target}` }, expected);
    }
    expect(() => createScorer(network, { scale: 'logit', count })).toThrow(
      `"scale" expected 'probability' or 'logProbability' for output "mean"`,
    );
    network.dispose();
    free(model);
  });
});

test('createScorer(network, { target }): the one unit of a linear output is class 0 and no probability', async () => {
  const model = classifier({ units: 1, activation: 'linear' });
  const network = compile(model);
  const [x] = inputsOf(model, count) as [NdArray];
  const values = rows((await predict(network, x)).values).map((row) => at(row, 0));
  await expectScore({ network, x, target: 0 }, values);
  await expectScore({ network, x, target: 'predicted' }, values);
  expect(() => createScorer(network, { target: 1, count })).toThrow('"target" expected an integer in 0..0, got 1');
  const message = `"scale" expected 'logit' for output "scores" (1 value as it is), got "probability"; `;
  expect(() => createScorer(network, { scale: 'probability', count })).toThrow(message);
  await expect(predict(network, x, { scale: 'probability' })).rejects.toThrow(message);
  network.dispose();
  free(model);
});

test('createScorer(network, { target: { layer, unit, position } }): units of layers', async () => {
  const model = classifier();
  const network = compile(model);
  const [x] = inputsOf(model, count) as [NdArray];
  const { conv2, features } = await activations(network, x, ['conv2', 'features']);
  const [, height, width, channels] = conv2.shape as [number, number, number, number];
  const planes = Array.from({ length: count }, (_, i) =>
    Array.from({ length: height * width }, (_, k) => at([...conv2.data], (i * height * width + k) * channels + 1)),
  );
  const expected = {
    mean: planes.map(mean),
    sum: planes.map((plane) => mean(plane) * plane.length),
    max: planes.map((plane) => Math.max(...plane)),
  };
  const unit = { layer: 'conv2', unit: 1 };
  await expectScore({ network, x, target: unit }, expected.mean);
  for (const position of ['mean', 'sum', 'max'] as const) {
    await expectScore({ network, x, target: { ...unit, position }, name: position }, expected[position]);
  }
  await expectScore(
    { network, x, target: { ...unit, position: [1, 0] } },
    planes.map((plane) => at(plane, width)),
  );
  await expectScore(
    { network, x, target: { layer: 'features', unit: 2 } },
    rows(features).map((row) => at(row, 2)),
  );
  network.dispose();
  free(model);
});

test('createScorer(network, { target }): one of several outputs, and functions of them', async () => {
  const model = twoHeaded();
  const network = compile(model);
  const [x] = inputsOf(model, count) as [NdArray];
  const [a, b] = (await Promise.all(
    ['first', 'second'].map(async (output) => rows((await predict(network, x, { output, scale: 'logit' })).values)),
  )) as unknown as [Rows, Rows];
  const values = rows((await predict(network, x, { output: 1 })).values);
  const probabilities = b.map(softmax);
  await expectClose(
    { shape: [count, 4], data: Float32Array.from(values.flat()) },
    { shape: [count, 4], data: Float32Array.from(probabilities.flat()) },
  );
  await expectScore(
    { network, x, target: 1 },
    a.map((row) => at(row, 1)),
  );
  await expectScore(
    { network, x, target: { output: 1, target: 3 } },
    b.map((row) => at(row, 3)),
  );
  await expectScore(
    { network, x, target: { output: 'second', target: 'predicted' } },
    b.map((row) => at(row, top(row))),
  );
  const last = ([, y]: readonly Tensor[]): Tensor => tf.squeeze(tf.slice(y as Tensor, [0, 0], [-1, 1]), [1]);
  await expectScore(
    { network, x, target: last },
    values.map((row) => at(row, 0)),
  );
  const product = ([y, z]: readonly Tensor[], example: Int32Array): Tensor =>
    tf.mul(tf.mul(tf.sum(y as Tensor, 1), tf.max(z as Tensor, 1)), tf.add(tf.tensor1d(example, 'int32'), 1));
  const sums = a.map((row) => mean(row) * row.length);
  await expectScore(
    { network, x, target: product },
    values.map((row, i) => at(sums, i) * Math.max(...row) * (i + 1)),
  );
  const inner = ([y]: readonly Tensor[]): Tensor => tf.sum(tf.square(y as Tensor), 1);
  await expectScore(
    { network, x, target: { output: 1, target: inner } },
    values.map((row) => row.reduce((sum, p) => sum + p * p, 0)),
  );
  network.dispose();
  free(model);
});

interface Scored {
  readonly network: ReturnType<typeof compile>;
  readonly x: NdArray;
  readonly target: Target;
  readonly scale?: Scale;
  readonly name?: string;
}

/** Checks the score, and its gradient along a random direction by finite differences of the score. */
async function expectScore(
  { network, x, target, scale, name = 'score' }: Scored,
  expected: readonly number[],
): Promise<void> {
  const scored = { shape: [count], data: Float32Array.from(expected) };
  const scorer = createScorer(network, { target, scale, count });
  const run = async (rows: NdArray): Promise<{ score: NdArray; gradient: NdArray }> =>
    mapBatches({ stage: 'test', total: count, batchSize: 2 }, (start, end) => {
      const record = network.forward([rowsOf(rows, start, end)], {
        taps: scorer.taps,
        differentiate: { to: network.inputs },
      });
      const example = Int32Array.from({ length: end - start }, (_, i) => start + i);
      const { score, seeds } = scorer.score(record, example);
      return {
        score,
        gradient: signalAt(
          record.backward(seeds, { to: network.inputs }),
          network.inputs[0] as (typeof network.inputs)[0],
        ),
      };
    });
  const [batch] = (await readInputs(network, x)) as [NdArray];
  const { score, gradient } = await run(batch);
  await expectClose(score, scored, { name, floor: 0.1 });
  const [direction] = inputsOf(modelOf(network), count, 9) as [NdArray];
  const moved = (step: number): NdArray => ({
    shape: batch.shape,
    data: batch.data.map((value, k) => value + step * (direction.data[k] as number)),
  });
  const step = 2e-3;
  const [above, below] = [(await run(moved(step))).score, (await run(moved(-step))).score];
  const size = batch.data.length / count;
  const slopes = Float32Array.from({ length: count }, (_, i) =>
    gradient.data
      .subarray(i * size, (i + 1) * size)
      .reduce((sum, g, k) => sum + g * (direction.data[i * size + k] as number), 0),
  );
  const differences = above.data.map((value, i) => (value - (below.data[i] as number)) / (2 * step));
  await expectClose(
    { shape: [count], data: slopes },
    { shape: [count], data: differences },
    { name: `slope of ${name}`, tolerance: 0.03, floor: 0.1 },
  );
}

function rows({ shape, data }: NdArray): number[][] {
  const width = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}

function withReshape(): LayersModel {
  return randomized(
    chain(
      [6, 7, 2],
      l.conv2d({ filters: 4, kernelSize: [6, 7] }),
      l.softmax({ axis: 3 }),
      l.reshape({ targetShape: [4] }),
      l.dropout({ rate: 0.5 }),
    ),
  );
}

function meanOf(units: number): LayersModel {
  const x = input({ shape: [6, 7, 2] });
  const y = l.flatten().apply(l.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh' }).apply(x)) as SymbolicTensor;
  const activation = units === 1 ? 'sigmoid' : 'softmax';
  const members = [0, 1].map(() => l.dense({ units, activation }).apply(y) as SymbolicTensor);
  return randomized(modelFrom({ inputs: x, outputs: l.average({ name: 'mean' }).apply(members) as SymbolicTensor }), 2);
}

function twoHeaded(): LayersModel {
  const x = input({ shape: [6, 7, 2] });
  const y = l.flatten().apply(l.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh' }).apply(x)) as SymbolicTensor;
  const outputs = [
    l.dense({ units: 3, name: 'first' }),
    l.dense({ units: 4, name: 'second', activation: 'softmax' }),
  ].map((layer) => layer.apply(y) as SymbolicTensor);
  return randomized(modelFrom({ inputs: x, outputs }), 2);
}

test('softmaxes side by side, flattened, are no softmax of all units', async () => {
  const model = tfl.sequential({
    layers: [tfl.layers.dense({ units: 5, inputShape: [3, 4], activation: 'softmax' }), tfl.layers.flatten()],
  });
  const x = { shape: [1, 3, 4], data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)) };
  const output = (await predict(model, x)).values.data;
  expect((await predict(model, x, { scale: 'logit' })).values.data).toEqual(output);
  model.dispose();
});

test('a nested model at the end is an output by its own name', async () => {
  const inner = tfl.sequential({ name: 'nested', layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });
  const input = tfl.input({ shape: [3] });
  const model = tfl.model({ inputs: input, outputs: inner.apply(input) as tfl.SymbolicTensor });
  const x = { shape: [1, 3], data: Float32Array.of(1, 2, 3) };
  expect((await predict(model, x, { output: 'nested' })).values.shape).toEqual([1, 2]);
  await expect(predict(model, x, { output: 'other' })).rejects.toThrow('"output" expected one of 0');
  model.dispose();
});
