import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { separable, separableGradient } from '../../src/backend/separable.ts';
import { random } from '../../src/numeric/random.ts';

const { normal } = random(3);
const draw = (length: number): Float32Array => Float32Array.from({ length }, normal);
const x = draw(2 * 3 * 4 * 2);
const rows = draw(3 * 5);
const columns = draw(4 * 2);
const cotangent = draw(2 * 5 * 2 * 2);

async function values(make: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(make);
  const data = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return data;
}

const map = (): { rows: Tensor2D; columns: Tensor2D } => ({
  rows: tf.tensor2d(rows, [3, 5]),
  columns: tf.tensor2d(columns, [4, 2]),
});
const forward = (): Promise<Float32Array> => values(() => separable(tf.tensor4d(x, [2, 3, 4, 2]) as Tensor4D, map()));

test('separable(x, {rows, columns}) is a sum over both axes', async () => {
  const found = await forward();
  for (let n = 0; n < 2; n++)
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 2; j++)
        for (let c = 0; c < 2; c++) {
          let sum = 0;
          for (let r = 0; r < 3; r++)
            for (let k = 0; k < 4; k++)
              sum +=
                (rows[r * 5 + i] as number) *
                (x[((n * 3 + r) * 4 + k) * 2 + c] as number) *
                (columns[k * 2 + j] as number);
          expect(found[((n * 5 + i) * 2 + j) * 2 + c]).toBeCloseTo(sum, 4);
        }
});

test('separableGradient is its transpose: ⟨R x C, g⟩ = ⟨x, Rᵀ g Cᵀ⟩', async () => {
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  const back = await values(() => separableGradient(tf.tensor4d(cotangent, [2, 5, 2, 2]) as Tensor4D, map()));
  expect(dot(back, x)).toBeCloseTo(dot(await forward(), cotangent), 3);
});
