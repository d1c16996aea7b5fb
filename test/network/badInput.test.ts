import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers as l, type LayersModel, model as modelOf, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { resolveBaselines } from '../../src/network/baseline.ts';
import { compile } from '../../src/network/compile.ts';
import { layerGradients } from '../../src/network/layerGradients.ts';
import { predict } from '../../src/network/predict.ts';
import type { Baseline, Input, Target } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, classifier, free, inputsOf } from '../oracle/networks.ts';

let model: LayersModel;
let pair: LayersModel;
beforeAll(() => {
  model = classifier();
  pair = twoInputs();
});
afterAll(() => [model, pair].forEach(free));

const x: NdArray = { shape: [6, 7, 2], data: new Float32Array(84) };
const [a, b]: [NdArray, NdArray] = [{ shape: [1, 2], data: new Float32Array(2) }, { shape: [2, 2], data: new Float32Array(4) }];
const spoilt = (value: number): NdArray => ({ shape: [1, 6, 7, 2], data: new Float32Array(84).fill(value, 17, 18) });
const explain = (target: Target, layer = 'conv1'): Promise<unknown> => layerGradients(model, x, { layers: [layer], target });

const refusals: readonly [string, () => Promise<unknown>, new () => Error, string][] = [
  ['a wrong rank', () => predict(model, { shape: [84], data: new Float32Array(84) }), RangeError, '"x" expected shape [n, 6, 7, 2] or [6, 7, 2] for input "'],
  ['a wrong size', () => predict(model, { shape: [7, 6, 2], data: x.data }), RangeError, ', got [7, 6, 2]'],
  ['no examples', () => predict(model, { shape: [0, 6, 7, 2], data: new Float32Array(0) }), RangeError, '"x" expected at least one example, got shape [0, 6, 7, 2]'],
  ['too few numbers', () => predict(model, { shape: [6, 7, 2], data: new Float32Array(83) }), RangeError, '"x" expected 84 numbers for shape [6, 7, 2], got 83'],
  ['NaN', () => predict(model, spoilt(Number.NaN)), RangeError, '"x" expected finite numbers, got NaN at [0, 1, 1, 1]'],
  ['infinity', () => predict(model, spoilt(Number.NEGATIVE_INFINITY)), RangeError, '"x" expected finite numbers, got -Infinity at [0, 1, 1, 1]'],
  ['no array', () => predict(model, 'x' as unknown as Input), TypeError, '"x" expected a tensor or {shape, data}, got '],
  ['null', () => predict(model, null as unknown as Input), TypeError, '"x" expected a tensor or {shape, data}, got null'],
  ['plain numbers', () => predict(model, { shape: [6, 7, 2], data: Array(84).fill(0) } as unknown as Input), TypeError, '"x.data" expected a typed array, got '],
  ['two inputs for one', () => predict(model, [x, x]), TypeError, '"x" expected 1 input(s) ('],
  ['one input for two', () => predict(pair, a), TypeError, '"x" expected 2 input(s) (left, right), got 1'],
  ['inputs of different counts', () => predict(pair, [a, b]), RangeError, '"x" expected as many examples in each input, got 1, 2'],
  ['a wrong second input', () => predict(pair, [a, x]), RangeError, '"x[1]" expected shape [n, 2] or [2] for input "right", got [6, 7, 2]'],
  ['an unknown layer', () => activations(model, x, ['conv3']), RangeError, '"layers" expected the address of a layer, got "conv3"; near: conv'],
  ['an unknown layer of a target', () => explain({ layer: 'relu', unit: 0 }), RangeError, '"target.layer" expected the address of a layer, got "relu"; near: relu1'],
  ['a class too large', () => explain(4), RangeError, '"target" expected an integer in 0..3, got 4'],
  ['a class below zero', () => explain(-1), RangeError, '"target" expected an integer in 0..3, got -1'],
  ['half a class', () => explain(0.5), RangeError, '"target" expected an integer in 0..3, got 0.5'],
  ['classes for another batch', () => explain([0, 1]), RangeError, '"target" expected one class for each of 1 example(s), got 2'],
  ['a class by name', () => explain('cat' as unknown as Target), TypeError, '"target" expected a class, a unit, an output or a function, got "cat"'],
  ['null as target', () => explain(null as unknown as Target), TypeError, '"target" expected a class, a unit, an output or a function, got '],
  ['a wrong class to subtract', () => explain({ class: 0, minus: 9 }), RangeError, '"target.minus" expected an integer in 0..3, got 9'],
  ['a unit too large', () => explain({ layer: 'conv2', unit: 3 }), RangeError, '"target.unit" expected an integer in 0..2, got 3'],
  ['a position outside', () => explain({ layer: 'conv2', unit: 0, position: [0, 9] }), RangeError, '"target.position[1]" expected an integer in 0..1, got 9'],
  ['a position in a dense layer', () => explain({ layer: 'scores', unit: 0, position: [0, 0] }), RangeError, '"target.position" expected none for layer "scores"'],
  ['an unknown way to reduce', () => explain({ layer: 'conv2', unit: 0, position: 'median' as 'mean' }), Error, '"target.position" expected '],
  ['half a position', () => explain({ layer: 'conv2', unit: 0, position: [1] as unknown as [number, number] }), TypeError, '"target.position" expected [row, column], '],
  ['an unknown output', () => explain({ output: 1, target: 0 }), RangeError, '"output" expected one of 0 (scores), got 1'],
  ['an unknown output by name', () => predict(model, x, { output: 'score' }), RangeError, '"output" expected one of 0 (scores), got "score"'],
  ['an unknown scale', () => layerGradients(model, x, { layers: ['conv1'], scale: 'percent' as 'logit' }), Error, '"scale" expected '],
  ['a function without score', () => explain((outputs) => outputs[0] as Tensor), RangeError, '"target" expected a function that returns shape [1], got [1, 4]'],
  ['a layer after the target', () => explain({ layer: 'conv1', unit: 0 }, 'conv2'), Error, 'no gradient reaches "conv2": the target does not depend on it; expected a layer before the target'],
  ['half a batch', () => predict(model, x, { batchSize: 0.5 }), RangeError, '"batchSize" expected an integer'],
  ['an empty batch', () => predict(model, x, { batchSize: 0 }), RangeError, '"batchSize" expected an integer'],
  ['a class score of a picture', () => predict(chain([2, 2, 1], l.reLU()), { shape: [2, 2, 1], data: new Float32Array(4) }, { scale: 'logit' }), RangeError, '"target" expected an output with one score per class, but "'],
  ['an aborted signal', () => predict(model, x, { signal: AbortSignal.abort(new Error('too late')) }), Error, 'too late'],
  ['a disposed network', () => predict(disposed(), x), Error, '" is disposed; compile the model again'],
  ['an empty model', async () => compile(sequential()), Error, '"model" expected a model with layers, got the empty model "sequential'],
  ['no model', async () => compile({} as LayersModel), TypeError, '"model" expected a LayersModel, got '],
  ['no model in a call', () => predict(undefined as unknown as LayersModel, x), TypeError, '"model" expected a LayersModel, got undefined'],
  ['normalisation of rows', async () => compile(modelOf(ofRows())), Error, 'computed wrongly by tfjs; expected the last axis, 3'],
]; // prettier-ignore

describe('bad input', () => {
  test.each(refusals)('%s', async (_name, run, kind, message) => {
    const before = tf.memory().numTensors;
    const error = await run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(message);
    expect(tf.memory().numTensors - before - leftByModel(_name)).toBe(0);
    forget();
  });

  test('a disposed model', async () => {
    const mortal = classifier();
    const network = compile(mortal);
    await predict(network, x);
    mortal.dispose();
    await expect(predict(mortal, x)).rejects.toThrow(/"model" expected a live model, got "model\d+", which was disposed/);
    await expect(predict(network, x)).rejects.toThrow(/"model" expected a live model, got "model\d+", which was disposed/);
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

const baselines: readonly [string, unknown, string][] = [
  ['an unknown name', 'black', '"baseline" expected '],
  ['another shape', { shape: [2], data: new Float32Array(2) }, '"baseline" expected shape [2, 6, 7, 2] or [6, 7, 2], got [2]'],
  ['one too many', ['zero', 'zero'], '"baseline" expected one for each of 1 input(s), got 2'],
  ['NaN', Number.NaN, '"baseline" expected '],
  ['an array with NaN', { shape: [6, 7, 2], data: new Float32Array(84).fill(Number.NaN) }, '"baseline" expected finite numbers, got NaN at [0, 0, 0]'],
  ['a function of another shape', () => tf.zeros([3]), '"baseline" expected shape [1, 6, 7, 2] or [6, 7, 2], got [3]'],
]; // prettier-ignore

test.each(baselines)('resolveBaselines(inputs, { baseline }): %s', async (_name, baseline, message) => {
  const [batch] = inputsOf(model, 2) as [NdArray];
  await expect(resolveBaselines([batch], { baseline: baseline as Baseline })).rejects.toThrow(message);
});

function twoInputs(): LayersModel {
  const inputs = ['left', 'right'].map((name) => input({ shape: [2], name }));
  return modelOf({ inputs, outputs: l.add().apply(inputs) as SymbolicTensor });
}

function ofRows(): { inputs: SymbolicTensor; outputs: SymbolicTensor } {
  const inputs = input({ shape: [6, 7, 2] });
  return { inputs, outputs: keepModel(l.batchNormalization({ axis: 1 })).apply(inputs) as SymbolicTensor };
}

const kept: ReturnType<typeof l.batchNormalization>[] = [];
function keepModel<T extends (typeof kept)[number]>(layer: T): T {
  kept.push(layer);
  return layer;
}
function leftByModel(name: string): number {
  return name === 'normalisation of rows' ? 4 : 0;
}
function forget(): void {
  for (const layer of kept.splice(0)) tf.dispose(layer.getWeights());
}

function disposed(): ReturnType<typeof compile> {
  const network = compile(model);
  network.dispose();
  return network;
}
