import { expect, test } from 'vitest';
import { repairReport, withoutUnits } from '../../../src/diagnosis/index.ts';
import { compile, type NdArray } from '../../../src/index.ts';
import { free } from '../../oracle/building.ts';
import { denseModel } from '../../oracle/denseModel.ts';

// The second class by the first number, the third by the second; a hidden unit for each.
const layers = [
  {
    kernel: [
      [1, 0],
      [0, 1],
    ],
    bias: [0, 0],
    activation: 'relu',
  },
  {
    kernel: [
      [0, 1, 0],
      [0, 0, 1],
    ],
    bias: [0.5, 0, 0],
    activation: 'softmax',
  },
];
const x: NdArray = { shape: [4, 2], data: Float32Array.of(0, 0, 1, 0, 0, 1, 2, 1) };

test('accuracies of all, of groups and of the worst one, before and after', async () => {
  const model = denseModel(layers);
  const network = compile(model);
  const silenced = withoutUnits(network, { layer: 'dense0', units: [0] });
  const checks = [
    { name: 'class', labels: [0, 1, 2, 1], groups: ['a', 'a', 'b', 'b'], should: 'change' },
    { name: 'the third is above 0', labels: [0, 0, 1, 1], target: 2, should: 'stay' },
  ] as const;
  const rows = await repairReport({ before: network, after: silenced }, x, { checks });
  expect(rows.map(({ model: name, check, accuracy }) => [name, check, accuracy])).toEqual([
    ['before', 'class', 1],
    ['before', 'the third is above 0', 1],
    ['after', 'class', 0.5],
    ['after', 'the third is above 0', 1],
  ]);
  expect(rows[2]?.groups).toEqual([
    { group: 'a', count: 2, accuracy: 0.5 },
    { group: 'b', count: 2, accuracy: 0.5 },
  ]);
  expect(rows[2]?.change).toEqual({ accuracy: -0.5, worst: -0.5 });
  expect(rows[0]?.change).toEqual({ accuracy: 0, worst: 0 });
  expect(rows[3]?.worst).toEqual({ group: 'all', count: 4, accuracy: 1 });
  silenced.dispose();
  network.dispose();
  free(model);
});

test('labels and groups that are not one for each example are refused', async () => {
  const model = denseModel(layers);
  const check = { name: 'class', labels: [0, 1, 2, 1], should: 'change' } as const;
  const ask = (change: object) => repairReport({ model }, x, { checks: [{ ...check, ...change }] });
  await expect(ask({ labels: [0, 1] })).rejects.toThrow('"checks[0].labels" expected 4 examples, got 2');
  await expect(ask({ groups: ['a'] })).rejects.toThrow('"checks[0].groups" expected 4 examples, got 1');
  await expect(ask({ should: 'rise' })).rejects.toThrow('"checks[0].should" expected one of');
  await expect(ask({ target: 'predicted' })).rejects.toThrow('"checks[0].target" expected one and the same');
  await expect(ask({ target: 1, labels: [0, 1, 2, 1] })).rejects.toThrow('"checks[0].labels[2]"');
  await expect(repairReport({}, x, { checks: [check] })).rejects.toThrow('"models" expected at least one model');
  await expect(repairReport({ model }, x, { checks: [] })).rejects.toThrow('"checks" expected a list');
  free(model);
});
