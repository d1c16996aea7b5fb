import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { slice } from '../../../src/network/operations/slice.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { expectClose } from '../../support/close.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { expectParts, expectRegions, noiseTensor, passes } from '../../support/operations.ts';

const boxes: readonly (readonly [begin: number[], size: number[]])[] = [
  [
    [1, 2, 1],
    [3, 2, 2],
  ],
  [
    [0, 0, 2],
    [-1, -1, 1],
  ],
  [
    [2, 0, 0],
    [-1, 3, -1],
  ],
];

test.each(boxes)('slice(source, %o, %o): its values and where they go back to', async (begin, size) => {
  const network = operationNetwork([4, 5, 3], [['box', (source) => slice(source, begin, size)]]);
  const x = noiseTensor([2, 4, 5, 3]) as Tensor4D;
  const { y, cotangent, gradient } = passes(network, x);
  const [values, sources, back] = await Promise.all([y, x, gradient].map((tensor) => tensor.data()));
  const signals = await cotangent.data();
  const [rows, columns, channels] = [4, 5, 3].map((length, i) =>
    size[i] === -1 ? length - (begin[i] as number) : (size[i] as number),
  ) as [number, number, number];
  expect(y.shape).toEqual([2, rows, columns, channels]);
  const expected = new Float32Array(2 * 4 * 5 * 3);
  let k = 0;
  for (let n = 0; n < 2; n++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        for (let u = 0; u < channels; u++, k++) {
          const at = ((n * 4 + r + (begin[0] as number)) * 5 + c + (begin[1] as number)) * 3 + u + (begin[2] as number);
          expect(values?.[k]).toBe(sources?.[at]);
          expected[at] = signals[k] as number;
        }
      }
    }
  }
  expect(back).toEqual(expected);
  const picture = noiseTensor([1, 4, 5, 3], 4) as Tensor4D;
  await expectParts(network, picture);
  tf.dispose([x, y, cotangent, gradient, picture]);
  network.dispose();
});

test('slice(source, begin, size) of a plane: the region of each position', async () => {
  const store = createStore();
  await expectRegions(slice({ address: 'a', layerClass: 'A', store }, [1, 2, 0], [3, 2, 1]), [4, 5]);
  store.dispose();
});

test('slice(source, begin, size) of a vector', async () => {
  const network = operationNetwork([5], [['box', (source) => slice(source, [3], [2])]]);
  const x = tf.tensor2d([[1, 2, 3, 4, 5]]);
  const { y, cotangent, gradient } = passes(network, x);
  const expected = tf.tidy(() => tf.concat([tf.zeros([1, 3]), cotangent], 1));
  await expectClose(y, { shape: [1, 2], data: Float32Array.of(4, 5) });
  await expectClose(gradient, expected);
  tf.dispose([x, y, cotangent, gradient, expected]);
  network.dispose();
});
