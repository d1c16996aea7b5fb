import * as tf from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import type { Site } from '../../../src/network/graph/graph.ts';
import { resize } from '../../../src/network/operations/resize.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { expectClose } from '../../support/close.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { expectRegions } from '../../support/operations.ts';

type Pair = [number, number];

/** How Keras resamples. */
const halfPixel = { alignCorners: false, halfPixelCenters: true };

/** What `tf.image.resize` of TensorFlow 2.15 makes of [0, 1, 4], and the gradient of its product with [1, 2, …]. */
const rows: readonly (readonly ['bilinear' | 'nearest', values: number[], gradient: number[]])[] = [
  ['bilinear', [0, 0.4, 1, 2.8, 4], [2.2, 5.4, 7.4]],
  ['bilinear', [0.25, 3.25], [0.75, 0.75, 1.5]],
  ['nearest', [0, 0, 1, 4, 4], [3, 3, 9]],
  ['nearest', [0, 4], [1, 0, 2]],
];

test.each(rows)('resize, %s with half-pixel centres: [0, 1, 4] to %o', async (interpolation, values, gradient) => {
  const size = [1, values.length] as const;
  const network = operationNetwork(
    [1, 3, 1],
    [['y', (source) => resize(source, () => size, { interpolation, ...halfPixel })]],
  );
  const [y, back] = tf.tidy(() => {
    const [input, site] = [network.inputs[0] as Site, network.heads[0]?.site as Site];
    const x = tf.tensor4d([0, 1, 4], [1, 1, 3, 1]);
    const record = network.forward([x], { differentiate: { to: [input] } });
    const weights = tf.reshape(tf.range(1, values.length + 1), [1, 1, values.length, 1]);
    const signals = record.backward(new Map([[site, weights]]), { to: [input] });
    return [tf.clone(record.value(site)), signals.get(input)?.[0] as tf.Tensor];
  });
  await expectClose(y, { shape: [1, 1, values.length, 1], data: Float32Array.from(values) });
  await expectClose(back, { shape: [1, 1, 3, 1], data: Float32Array.from(gradient) });
  tf.dispose([y, back]);
  network.dispose();
});

const sizes: readonly (readonly [from: Pair, to: Pair])[] = [
  [
    [4, 5],
    [8, 10],
  ],
  [
    [5, 7],
    [8, 11],
  ],
  [
    [9, 6],
    [4, 4],
  ],
  [
    [1, 3],
    [3, 2],
  ],
];
const samplings = [
  halfPixel,
  { alignCorners: true, halfPixelCenters: false },
  { alignCorners: false, halfPixelCenters: false },
];
const cases = sizes.flatMap(([from, to]) =>
  samplings.flatMap((sampling) =>
    (['bilinear', 'nearest'] as const).map((interpolation) => [from, to, { interpolation, ...sampling }] as const),
  ),
);

test.each(cases)('resize %o to %o with %o: the region of each position', async (from, to, resampling) => {
  const store = createStore();
  await expectRegions(
    resize({ address: 'a', layerClass: 'A', store }, () => to, resampling),
    from,
  );
  store.dispose();
});
