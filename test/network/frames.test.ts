import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { receptiveField } from '../../src/network/fields/receptiveField.ts';
import { loadModel } from '../../src/network/loadModel.ts';
import type { PlannedStep } from '../../src/network/plan/plan.ts';
import { summary } from '../../src/network/summary.ts';
import { apply, chain, conv, free, inputsOf, norm, picture } from '../oracle/building.ts';
import { frameNetworks, perFrame } from '../oracle/frameNetworks.ts';
import { expectClose } from '../support/close.ts';
import { chainJson, layerJson, modelFiles } from '../support/kerasJson.ts';

function built(name: string): LayersModel {
  return (new Map(frameNetworks).get(name) as () => LayersModel)();
}

describe('layers inside of a TimeDistributed', () => {
  test('have addresses, shapes with the frames, and say so', () => {
    const model = built('frames: residual');
    const network = compile(model);
    const inside = ['norm', 'conv', 'relu', 'again', 'sum', 'gap'].map((name) => `td/${name}`);
    const sites = [...network.graph.sites.values()].filter(({ perFrame }) => perFrame);
    expect(sites.map(({ address }) => address).sort()).toEqual([...inside, 'td'].sort());
    expect(network.site('td/conv').shape).toEqual([null, 3, 6, 7, 3]);
    expect(network.site('td').shape).toEqual([null, 3, 3]);
    expect(() => network.site('cnn/conv')).toThrow('near: td/conv');
    network.dispose();
    free(model);
  });

  test('are rows of the summary, whose multiplications count all frames', () => {
    const model = chain([3, ...picture], perFrame(conv({ name: 'conv' }), { name: 'td' }), l.flatten());
    const rows = summary(model).layers;
    expect(rows.map(({ address, operations }) => [address, operations])).toEqual([
      [model.inputNames[0], []],
      ['td/conv', ['conv2d']],
      [(model.layers.at(-1) as { name: string }).name, ['reshape']],
    ]);
    expect(rows[1]?.multiplyAdds).toBe(3 * (4 * 5) * (3 * 3 * 2 * 3));
    free(model);
  });

  test('have an address for what enters their activation', () => {
    const model = chain([3, ...picture], perFrame(conv({ name: 'conv', activation: 'tanh' }), { name: 'td' }));
    const network = compile(model);
    expect(network.site('td/conv@preactivation')).toMatchObject({ shape: [null, 3, 4, 5, 3], perFrame: true });
    network.dispose();
    free(model);
  });

  test('give for each frame what the inner model gives for it alone', async () => {
    const x = input({ shape: picture });
    const features = apply(l.maxPooling2d({ name: 'pool' }), apply(conv({ name: 'conv', activation: 'relu' }), x));
    const inner = modelOf({ inputs: x, outputs: features });
    const model = chain([3, ...picture], perFrame(inner, { name: 'td' }), l.flatten());
    const [{ shape, data }] = inputsOf(model, 2) as [{ shape: number[]; data: Float32Array }];
    const found = await activations(model, { shape, data }, ['td/conv', 'td/pool']);
    const alone = await activations(inner, { shape: [6, ...picture], data }, ['conv', 'pool']);
    for (const name of ['conv', 'pool'] as const) {
      const { shape: plane, data: values } = alone[name];
      await expectClose(found[`td/${name}`], { shape: [2, 3, ...plane.slice(1)], data: values }, { name });
    }
    free(model);
  });

  test('work on as many frames as there are, where the model leaves that open', async () => {
    const model = chain([null as unknown as number, ...picture], perFrame(conv({ name: 'conv' }), { name: 'td' }));
    const network = compile(model);
    expect(network.site('td/conv').shape).toEqual([null, null, 4, 5, 3]);
    const x = tf.ones([1, 2, ...picture]);
    const { 'td/conv': found } = await activations(network, x, ['td/conv']);
    expect(found?.shape).toEqual([1, 2, 4, 5, 3]);
    network.dispose();
    x.dispose();
    free(model);
  });

  test('are merged with what is beside them, inside and outside', () => {
    const model = chain([2, ...picture], perFrame(norm()), perFrame(conv()), perFrame(norm()), perFrame(l.reLU({})));
    const network = compile(model);
    let steps: readonly PlannedStep[] = [];
    tf.tidy(() => {
      const record = network.forward([tf.ones([1, 2, ...picture])], { differentiate: { to: network.inputs } });
      steps = record.trace.steps;
    });
    expect(steps.map(({ operation, activation }) => [operation.kind, activation?.operation.kind])).toEqual([
      ['conv2d', 'relu'],
    ]);
    network.dispose();
    free(model);
  });

  test('of a file of Keras have their own layers, and what tfjs lacks works inside', async () => {
    const inner = layerJson('Conv2D', { name: 'conv', filters: 2, kernel_size: [1, 1], groups: 2, use_bias: false });
    const td = layerJson('TimeDistributed', { name: 'td', layer: inner });
    const weights = { 'td/kernel': { shape: [1, 1, 1, 2], values: [2, 3] } };
    const model = await loadModel(modelFiles(chainJson([2, 1, 1, 2], [td]), weights));
    const x = { shape: [1, 2, 1, 1, 2], data: Float32Array.of(1, 2, 3, 4) };
    const { 'td/conv': found } = await activations(model, x, ['td/conv']);
    await expectClose(found, { shape: [1, 2, 1, 1, 2], data: Float32Array.of(2, 6, 6, 12) });
    model.dispose();
  });

  test('have no receptive field in a sequence of pictures', () => {
    const model = built('frames: residual');
    expect(() => receptiveField(model, 'td/conv')).toThrow(': of volumes and of sequences of frames no field is told');
    free(model);
  });
});
