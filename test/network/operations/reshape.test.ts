import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { composites, lrp, rules } from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import { predict } from '../../../src/network/predict.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { ScoreFunction } from '../../../src/scoring/types.ts';
import { chain, free, inputsOf, type Layer, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';

const { uniform } = composites;
const { epsilon } = rules;

test('a Reshape with an open length is known to rules', async () => {
  const model = chain([4, 6], l.reshape({ targetShape: [-1, 3] }), l.dense({ units: 2 }));
  const network = compile(randomized(model));
  expect(network.operations.map(({ kind }) => kind)).toEqual(['reshape', 'dense']);
  const [x] = inputsOf(model, 1) as [NdArray];
  const { values } = await lrp(network, x, { target: ([y]) => tf.sum(y as tf.Tensor, [1, 2]) });
  expect(values.data.some((value) => value !== 0)).toBe(true);
  network.dispose();
  free(model);
});

test('a Reshape before a CenterCrop, which writes into the shape that it reads, has its own shape', async () => {
  const crop = l.centerCrop({ height: 3, width: 4 }) as Layer;
  const model = randomized(
    chain([42], l.reshape({ targetShape: [6, 7, 1] }), crop, l.flatten(), l.dense({ units: 2 })),
  );
  const [x] = inputsOf(model, 1) as [NdArray];
  const expected = tf.tidy(() => model.predict(tf.tensor(x.data, [1, 42])) as tf.Tensor);
  await expectClose((await predict(model, x)).values as NdArray, expected);
  expected.dispose();
  free(model);
});

test('a Reshape with an open length follows the size of the input', async () => {
  const open = [null, null, 2] as unknown as number[];
  const conv = l.conv2d({ filters: 3, kernelSize: 2, padding: 'same' });
  const model = randomized(chain(open, conv, l.reshape({ targetShape: [-1, 3] }), l.dense({ units: 2 })));
  for (const plane of [
    [4, 5],
    [3, 2],
  ]) {
    const size = (plane[0] as number) * (plane[1] as number);
    const x = { shape: [1, ...plane, 2], data: Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i)) };
    const expected = tf.tidy(() => model.predict(tf.tensor(x.data, x.shape)) as tf.Tensor);
    expect(expected.shape).toEqual([1, size, 2]);
    await expectClose((await predict(model, x)).values as NdArray, expected);
    const target: ScoreFunction = ([y]) => tf.sum(y as tf.Tensor, [1, 2]);
    const { values, score } = await lrp(model, x, { target, composite: uniform(epsilon()), bias: false });
    const sum = values.data.reduce((total, value) => total + value, 0);
    expect(sum / (score[0] as number)).toBeCloseTo(1, 3);
    expected.dispose();
  }
  free(model);
});
