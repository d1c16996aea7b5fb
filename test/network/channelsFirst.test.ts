import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { predict } from '../../src/network/predict.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, type Layer, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

type Make = (options: object) => Layer;

const volumes =
  (make: (options: never) => unknown, options: object): Make =>
  (more) =>
    make({ ...options, ...more } as never) as Layer;

/** Layers that can have their channels first; of tfjs's own some then add the bias along another axis. */
const cases: readonly (readonly [name: string, shape: readonly number[], make: Make])[] = [
  ['conv2d', [5, 4, 2], (more) => l.conv2d({ filters: 3, kernelSize: 2, ...more })],
  [
    'separableConv2d',
    [5, 4, 2],
    (more) => l.separableConv2d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same', ...more }),
  ],
  ['depthwiseConv2d', [5, 4, 2], (more) => l.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, ...more })],
  ['conv2dTranspose', [5, 4, 2], (more) => l.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2, ...more })],
  ['maxPooling2d', [5, 4, 2], (more) => l.maxPooling2d({ poolSize: 2, ...more })],
  ['globalMaxPooling2d', [5, 4, 2], (more) => l.globalMaxPooling2d(more)],
  ['conv3d', [3, 5, 4, 2], (more) => l.conv3d({ filters: 3, kernelSize: 2, ...more })],
  ['conv3dTranspose', [3, 2, 4, 2], volumes(l.conv3dTranspose, { filters: 3, kernelSize: 2, strides: 2 })],
  ['maxPooling3d', [3, 5, 4, 2], volumes(l.maxPooling3d, { poolSize: 2 })],
  ['averagePooling3d', [3, 5, 4, 2], volumes(l.averagePooling3d, { poolSize: 2, padding: 'same' })],
];

test.each(cases)('%s with its channels first is the same with other axes', async (_name, shape, make) => {
  const first = [shape.at(-1) as number, ...shape.slice(0, -1)];
  const last = randomized(chain(shape, make({})), 3);
  const moved = randomized(chain(first, make({ dataFormat: 'channelsFirst' })), 3);
  const [x] = inputsOf(last, 2) as [NdArray];
  const toFirst = (values: NdArray): tf.Tensor => {
    const { length } = values.shape;
    const order = length < 4 ? [0, 1] : [0, length - 1, ...Array.from({ length: length - 2 }, (_, i) => i + 1)];
    return tf.tidy(() => tf.transpose(tf.tensor(values.data, [...values.shape]), order));
  };
  const turned = toFirst(x);
  const expected = toFirst((await predict(last, x)).values as NdArray);
  const { values } = await predict(moved, turned);
  await expectClose(values as NdArray, expected);
  expect(values.shape).toEqual(expected.shape);
  tf.dispose([turned, expected]);
  free(last);
  free(moved);
});
