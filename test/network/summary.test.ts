import { expect, test } from 'vitest';
import { summary } from '../../src/network/summary.ts';
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
  expect(String(found).split('\n')).toHaveLength(found.layers.length + 6);
  // What console.log calls in Node; a browser shows the rows.
  const shown = Reflect.get(found, Symbol.for('nodejs.util.inspect.custom')) as () => string;
  expect(shown()).toBe(String(found));
  expect(structuredClone(found).layers).toEqual(found.layers);
  model.dispose();
});
