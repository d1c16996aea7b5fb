import * as tf from '@tensorflow/tfjs-core';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { simdInUse } from '../../src/backend/kernels/simd/simd.ts';
import { compile } from '../../src/network/compile.ts';
import { type ModelSummary, summary } from '../../src/network/summary.ts';
import { apply, conv, free } from '../oracle/building.ts';
import { fixtureModel } from '../support/models.ts';

test('summary(model) of a plain network: shapes, weights, cost and receptive fields by hand', async () => {
  const model = await fixtureModel('vgg-tiny');
  const found = summary(model);
  const row = (address: string): (typeof found.layers)[number] =>
    found.layers.find((layer) => layer.address === address) as (typeof found.layers)[number];

  const filters = model.getLayer('conv1').getWeights()[0]?.shape[3] as number;
  expect(row('conv1')).toMatchObject({
    layerClass: 'Conv2D',
    shape: [null, 16, 16, filters],
    parameterCount: 3 * 3 * 3 * filters + filters,
    operations: ['conv2d', 'relu'],
    // Nine taps of three channels for each of 16 × 16 positions and each filter.
    multiplyAdds: 16 * 16 * 9 * 3 * filters,
  });
  // r ← r + (k − 1)·j, j ← j·s.
  const fields = ['conv1', 'conv2', 'pool1', 'conv3', 'pool2'].map((address) => row(address).receptiveField);
  expect(fields.map((field) => field?.size)).toEqual([3, 5, 6, 10, 12].map((size) => [size, size]));
  expect(fields.map((field) => field?.jump)).toEqual([1, 1, 2, 2, 4].map((jump) => [jump, jump]));
  expect(row('fc1').receptiveField).toBeNull();
  expect(found.parameterCount).toBe(model.countParams());
  expect(found.multiplyAdds).toBe(found.layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0));
  model.dispose();
});

test('String(summary(model)) is a table, console.log shows it, and the rows survive structuredClone', async () => {
  const model = await fixtureModel('mobile-tiny');
  const found = summary(model);
  expect(String(found)).toContain('dw1');
  expect(String(found).split('\n')).toHaveLength(found.layers.length + 7 + 1);
  expect(String(found)).toMatch(/\noutput "[^"]+": softmax over \d+ classes; logits enter "[^"]+"$/);
  // What console.log calls in Node; a browser shows the rows.
  const shown = Reflect.get(found, Symbol.for('nodejs.util.inspect.custom')) as () => string;
  expect(shown()).toBe(String(found));
  expect(structuredClone(found).layers).toEqual(found.layers);
  model.dispose();
});

test('summary(network) tells which kernels compute its layers', async () => {
  const model = await fixtureModel('mobile-tiny');
  const [usual, exact] = [compile(model), compile(model, { precision: 'exact' })];
  const [found, plain] = [usual, exact].map(summary) as [ModelSummary, ModelSummary];
  const ours = simdInUse() !== undefined;
  const methods = (layer: string, of = found): unknown => of.layers.find(({ address }) => address === layer)?.methods;
  expect(methods('dw1')).toEqual([ours ? 'depthwise sums' : 'tfjs']);
  expect(methods('pw1')).toEqual([ours ? 'products' : 'tfjs']);
  expect(methods('dw1', plain)).toEqual(['tfjs']);
  expect(methods('pw1', plain)).toEqual([ours ? 'products' : 'tfjs']);
  expect(found.computing).toMatch(
    ours ? /^wasm, (relaxed )?SIMD, precision "default"$/ : new RegExp(`^${tf.getBackend()}$`),
  );
  expect(String(found)).toContain(`computed by ${found.computing}`);
  usual.dispose();
  exact.dispose();
  model.dispose();
});

test('receptive fields in summary(model): everything, unknown, and at least', () => {
  const x = input({ shape: [null, null, 1] });
  const strided = apply(conv({ name: 'strided', strides: 2, padding: 'same' }), x);
  const short = apply(conv({ name: 'short', kernelSize: 1, strides: 2 }), x);
  // How the branches lie to each other depends on the size of the input.
  const joined = apply(l.add({ name: 'joined' }), [strided, short]);
  const gate = apply(l.reshape({ targetShape: [1, 1, 3] }), apply(l.globalMaxPooling2d({}), joined));
  const gated = apply(l.multiply({ name: 'gated' }), [joined, gate]);
  const mixed = apply(l.concatenate({ name: 'mixed' }), [joined, x]);
  const open = modelOf({ inputs: x, outputs: [gated, mixed] });
  const found = summary(open);
  free(open);
  const fields = new Map(found.layers.map(({ address, receptiveField }) => [address, receptiveField]));
  expect(fields.get('strided')).toEqual({ size: [3, 3], jump: [2, 2] });
  expect(fields.get('joined')).toEqual({ size: [3, 3], jump: [2, 2] });
  expect(fields.get('gated')).toEqual({ size: [Infinity, Infinity], jump: [0, 0] });
  expect(fields.get('mixed')).toEqual({ size: [3, 3], jump: [NaN, NaN] });
  expect(String(found)).toMatch(/gated.* all +0 /);
  expect(String(found)).toMatch(/mixed.* 3 +\? /);
});
