import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers as l,
  model as modelOf,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { predict } from '../../src/network/predict.ts';
import type { Input } from '../../src/network/types.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { classifier, free } from '../oracle/building.ts';

let model: LayersModel;
let pair: LayersModel;
beforeAll(() => {
  model = classifier();
  pair = twoInputs();
});
afterAll(() => [model, pair].forEach(free));

const x: NdArray = { shape: [6, 7, 2], data: new Float32Array(84) };
const [a, b]: [NdArray, NdArray] = [
  { shape: [1, 2], data: new Float32Array(2) },
  { shape: [2, 2], data: new Float32Array(4) },
];
const spoilt = (value: number): NdArray => ({ shape: [1, 6, 7, 2], data: new Float32Array(84).fill(value, 17, 18) });

const refusals: readonly [string, () => Promise<unknown>, typeof VitrineError | ErrorConstructor, string][] = [
  [
    'a wrong rank',
    () => predict(model, { shape: [84], data: new Float32Array(84) }),
    VitrineError,
    '"x" expected shape [n, 6, 7, 2] or [6, 7, 2] for input "',
  ],
  ['a wrong size', () => predict(model, { shape: [7, 6, 2], data: x.data }), VitrineError, ', got [7, 6, 2]'],
  [
    'no examples',
    () => predict(model, { shape: [0, 6, 7, 2], data: new Float32Array(0) }),
    VitrineError,
    '"x" expected at least one example, got shape [0, 6, 7, 2]',
  ],
  [
    'too few numbers',
    () => predict(model, { shape: [6, 7, 2], data: new Float32Array(83) }),
    VitrineError,
    '"x" expected 84 numbers for shape [6, 7, 2], got 83',
  ],
  [
    'NaN',
    () => predict(model, spoilt(Number.NaN)),
    VitrineError,
    '"x" expected finite numbers, got NaN at [0, 1, 1, 1]',
  ],
  [
    'infinity',
    () => predict(model, spoilt(Number.NEGATIVE_INFINITY)),
    VitrineError,
    '"x" expected finite numbers, got -Infinity at [0, 1, 1, 1]',
  ],
  [
    'no array',
    () => predict(model, 'x' as unknown as Input),
    VitrineError,
    '"x" expected a tensor or {shape, data}, got ',
  ],
  [
    'null',
    () => predict(model, null as unknown as Input),
    VitrineError,
    '"x" expected a tensor or {shape, data}, got null',
  ],
  [
    'plain numbers',
    () => predict(model, { shape: [6, 7, 2], data: Array(84).fill(0) } as unknown as Input),
    VitrineError,
    '"x.data" expected a typed array of numbers, got ',
  ],
  ['two inputs for one', () => predict(model, [x, x]), VitrineError, '"x" expected 1 input(s) ('],
  ['one input for two', () => predict(pair, a), VitrineError, '"x" expected 2 input(s) (left, right), got 1'],
  [
    'inputs of different counts',
    () => predict(pair, [a, b]),
    VitrineError,
    '"x" expected as many examples in each input, got 1, 2',
  ],
  [
    'a wrong second input',
    () => predict(pair, [a, x]),
    VitrineError,
    '"x[1]" expected shape [n, 2] or [2] for input "right", got [6, 7, 2]',
  ],
  [
    'an unknown layer',
    () => activations(model, x, ['conv3']),
    VitrineError,
    '"layers" expected the address of a layer, got "conv3"; near: conv',
  ],
  ['half a batch', () => predict(model, x, { batchSize: 0.5 }), VitrineError, '"batchSize" expected an integer'],
  ['an empty batch', () => predict(model, x, { batchSize: 0 }), VitrineError, '"batchSize" expected an integer'],
  [
    'an aborted signal',
    () => predict(model, x, { signal: AbortSignal.abort(new Error('too late')) }),
    Error,
    'too late',
  ],
  ['a disposed network', () => predict(disposed(), x), VitrineError, '" is disposed; compile the model again'],
  [
    'an empty model',
    async () => compile(sequential()),
    VitrineError,
    '"model" expected a model with layers, got the empty model "sequential',
  ],
  [
    'no model',
    async () => compile({} as LayersModel),
    VitrineError,
    '"model" expected a LayersModel or GraphModel, got ',
  ],
  [
    'no model in a call',
    () => predict(undefined as unknown as LayersModel, x),
    VitrineError,
    '"model" expected a LayersModel or GraphModel, got undefined',
  ],
];

describe('bad input', () => {
  test.each(refusals)('%s', async (_name, run, kind, message) => {
    const before = tf.memory().numTensors;
    const error = await run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(message);
    expect(tf.memory().numTensors - before).toBe(0);
  });

  test('a disposed model', async () => {
    const mortal = classifier();
    const network = compile(mortal);
    await predict(network, x);
    mortal.dispose();
    await expect(predict(mortal, x)).rejects.toThrow(
      /"model" expected a live model, got "model\d+", which was disposed/,
    );
    await expect(predict(network, x)).rejects.toThrow(
      /"model" expected a live model, got "model\d+", which was disposed/,
    );
    network.dispose();
  });

  test('a disposed tensor', async () => {
    const tensor = tf.tensor(x.data, [6, 7, 2]);
    expect((await predict(model, tensor)).values.shape).toEqual([1, 4]);
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
    await expect(predict(model, tensor)).rejects.toThrow('"x" expected a live tensor, got a disposed one');
  });
});

function twoInputs(): LayersModel {
  const inputs = ['left', 'right'].map((name) => input({ shape: [2], name }));
  return modelOf({ inputs, outputs: l.add().apply(inputs) as SymbolicTensor });
}

function disposed(): ReturnType<typeof compile> {
  const network = compile(model);
  network.dispose();
  return network;
}
