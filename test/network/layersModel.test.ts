import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { allLayers, assertLayersModel, isContainer, isLayersModel } from '../../src/network/graph/layersModel.ts';
import { VitrineError } from '../../src/numeric/errors.ts';

const dense = (name: string): tfl.layers.Layer => tfl.layers.dense({ name, units: 2, inputShape: [2] });

function message(value: unknown, name?: string): string {
  try {
    assertLayersModel(value, name);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}

describe('assertLayersModel(value)', () => {
  test('returns the inside of a Sequential, built or not, and of a Functional model', () => {
    const sequential = tfl.sequential({ name: 's', layers: [dense('a'), dense('b')] });
    expect(sequential.built).toBe(false);
    expect(assertLayersModel(sequential).outputs[0]?.sourceLayer.name).toBe('b');
    sequential.build();
    const container = assertLayersModel(sequential);
    expect(container.layers.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(container.layers[1]?.inboundNodes[0]?.inputTensors[0]?.sourceLayer.name).toBe('a');
    expect(isLayersModel(sequential)).toBe(true);
    const input = tfl.input({ shape: [2] });
    const model = tfl.model({ inputs: input, outputs: sequential.apply(input) as tfl.SymbolicTensor });
    expect(
      assertLayersModel(model)
        .layers.filter(isContainer)
        .map(({ name }) => name),
    ).toEqual(['s']);
    expect([...allLayers(assertLayersModel(model))].map(({ name }) => name).slice(1)).toEqual(['s', 'a', 'b']);
    model.dispose();
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['url', '"url"'],
    [{}, 'a value of type Object'],
    [[], '[]'],
  ])('%o', (value, got) => {
    expect(message(value, 'network')).toBe(`"network" expected a LayersModel or GraphModel, got ${got}`);
    expect(() => assertLayersModel(value)).toThrow(VitrineError);
    expect(isLayersModel(value)).toBe(false);
  });

  test('a promise, a layer, a tensor', () => {
    expect(message(Promise.resolve())).toBe(
      '"model" expected a LayersModel or GraphModel, got a Promise: await it first',
    );
    expect(message(tfl.layers.flatten({ name: 'flat' }))).toBe(
      '"model" expected a LayersModel or GraphModel, got the single layer "flat" (Flatten)',
    );
    const tensor = tf.zeros([1]);
    expect(message(tensor)).toBe('"model" expected a LayersModel or GraphModel, got a tensor');
    tensor.dispose();
  });

  test('a model without layers, a layer that is not built, a disposed model', () => {
    expect(message(tfl.sequential({ name: 'none' }))).toBe(
      '"model" expected a model with layers, got the empty model "none": add layers, the first with an inputShape',
    );
    const model = tfl.sequential({ name: 'm', layers: [dense('a')] });
    (model.layers[0] as tfl.layers.Layer).built = false;
    expect(message(model)).toMatch(/expected a built model, got "m" whose layer "a" is not built: .*model\.build\(\)/);
    (model.layers[0] as tfl.layers.Layer).built = true;
    model.dispose();
    expect(message(model)).toMatch(/expected a live model, got "m", which was disposed/);
  });

  test('weights that another model freed, also in a nested model', () => {
    const inner = tfl.sequential({ name: 'inner', layers: [dense('deep')] });
    const input = tfl.input({ shape: [2] });
    const outer = tfl.model({ name: 'outer', inputs: input, outputs: inner.apply(input) as tfl.SymbolicTensor });
    assertLayersModel(outer);
    inner.getLayer('deep').weights.forEach((weight) => weight.dispose());
    expect(message(outer)).toBe(
      '"model" expected a live model, got "outer", which was disposed (its layer "deep" has no weights any more)',
    );
  });

  test('masks, also in a nested model and in a wrapper', () => {
    const embedding = (maskZero: boolean): tfl.layers.Layer =>
      tfl.layers.embedding({ name: 'words', inputDim: 3, outputDim: 2, inputLength: 4, maskZero });
    const masked = tfl.sequential({ name: 'text', layers: [embedding(true)] });
    expect(message(masked)).toBe(
      '"model" expected a model without masks, got "words" (Embedding with maskZero): masks are not followed',
    );
    const plain = tfl.sequential({ layers: [embedding(false)] });
    assertLayersModel(plain);
    const nested = tfl.sequential({ layers: [masked] });
    expect(message(nested)).toMatch(/got "words" \(Embedding with maskZero\)/);
    const skipping = tfl.sequential({ layers: [tfl.layers.masking({ name: 'skip', inputShape: [3, 2] })] });
    expect(message(skipping)).toMatch(/got "skip" \(Masking\): masks are not followed/);
    const wrapped = tfl.layers.timeDistributed({ name: 'each', layer: dense('inner'), inputShape: [3, 2] });
    const wrapping = tfl.sequential({ layers: [wrapped] });
    expect([...allLayers(assertLayersModel(wrapping))].map(({ name }) => name)).toEqual(['each', 'inner']);
    masked.dispose();
    plain.dispose();
    wrapping.dispose();
  });
});
