import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { cumulativeAblation } from '../../src/dissection/ablation/cumulativeAblation.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';

test.each([
  [300, [1, 2, 3, 4, 5, 20, 64, 128, 256]],
  [64, [1, 2, 3, 4, 5, 20, 64]],
  [19, [1, 2, 3, 4, 5]],
])('without counts, the usual ones that a ranking of %i units has', async (units, expected) => {
  const layers = [
    l.conv2d({ name: 'units', filters: units, kernelSize: 1 }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 2 }),
  ];
  const model = randomized(chain([2, 2, 1], ...layers));
  const [x] = inputsOf(model, 2);
  const ranking = Array.from({ length: units }, (_, unit) => unit);
  const { counts } = await cumulativeAblation(model, x as NonNullable<typeof x>, {
    layer: 'units',
    classes: [0, 1],
    ranking,
  });
  expect([...counts]).toEqual(expected);
  free(model);
});
