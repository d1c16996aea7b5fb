import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { attacks } from '../../../../src/diagnosis/index.ts';
import { type NdArray, rowOf } from '../../../../src/numeric/ndarray.ts';
import { pictureClassifier, randomPictures } from '../../../support/pictureClassifier.ts';

const bounds = [0, 1] as const;

/** Logits of two classes of grey pictures 12 × 10: the second wins where Σ w x exceeds a threshold. */
function planted(weights: (row: number, column: number) => number, threshold: number): LayersModel {
  const model = sequential({
    layers: [l.flatten({ inputShape: [12, 10, 1] }), l.dense({ units: 2, inputShape: [120] })],
  });
  const columns = Array.from({ length: 120 }, (_, i) => [0, weights(Math.floor(i / 10), i % 10)]);
  tf.tidy(() => model.setWeights([tf.tensor2d(columns), tf.tensor1d([threshold, 0])]));
  return model;
}

/** High at one place, and the less the further away. */
function peak(top: number, left: number): (row: number, column: number) => number {
  return (row, column) => 1 / (1 + Math.hypot(row - top, column - left));
}

const black: NdArray = { shape: [1, 12, 10, 1], data: new Float32Array(120) };

function changedPixels(adversarial: NdArray, x: NdArray, row = 0): number {
  const [channels, from] = [x.shape[3] as number, rowOf(x, row)];
  const places = [...rowOf(adversarial, row)].flatMap((value, i) =>
    value === from[i] ? [] : [Math.floor(i / channels)],
  );
  return new Set(places).size;
}

test('the exhaustive search finds what a plain loop over all pixels finds', async () => {
  const model = pictureClassifier(3, 2);
  const x = randomPictures(2, 2);
  const found = await attacks.onePixel(model, x, { bounds, search: 'exhaustive' });
  for (const [row, label] of found.label.entries()) {
    expect([...found.queries][row]).toBe(12 * 10 * 4);
    const tried = tf.tidy(() => {
      const pictures = Array.from({ length: 480 }, (_, i) => {
        const picture = Float32Array.from(rowOf(x, row));
        picture.set([i & 1, (i >> 1) & 1], Math.floor(i / 4) * 2);
        return picture;
      });
      return model.predict(
        tf.tensor4d(
          pictures.flatMap((picture) => [...picture]),
          [480, 12, 10, 2],
        ),
      ) as tf.Tensor2D;
    });
    const scores = (await tried.array()) as number[][];
    tried.dispose();
    const gains = scores.map((own) => Math.max(...own.filter((_, i) => i !== label)) - (own[label] as number));
    const best = gains.indexOf(Math.max(...gains));
    const picture = Float32Array.from(rowOf(x, row));
    picture.set([best & 1, (best >> 1) & 1], Math.floor(best / 4) * 2);
    expect([...rowOf(found.adversarial, row)]).toEqual([...picture]);
    expect(found.success[row]).toBe(Math.max(...gains) > 0);
  }
  model.dispose();
});

test('evolution finds the one pixel that an exhaustive search finds', async () => {
  const model = planted(peak(7, 3), 0.9);
  const exhaustive = await attacks.onePixel(model, black, { bounds, search: 'exhaustive' });
  const evolved = await attacks.onePixel(model, black, { bounds });
  for (const found of [exhaustive, evolved]) {
    expect(found.success).toEqual([true]);
    expect(changedPixels(found.adversarial, black)).toBe(1);
    expect(found.adversarial.data[73]).toBeGreaterThan(0.9);
  }
  expect(evolved.queries[0]).toBeLessThan(51 * 100);
  model.dispose();
});

test('where one pixel is not enough two are', async () => {
  const model = planted(peak(2, 8), 1.4);
  const one = await attacks.onePixel(model, black, { bounds, search: 'exhaustive' });
  const two = await attacks.onePixel(model, black, { bounds, pixels: 2 });
  expect([one.success[0], two.success[0]]).toEqual([false, true]);
  expect(changedPixels(two.adversarial, black)).toBe(2);
  expect(changedPixels(one.adversarial, black)).toBe(1);
  model.dispose();
});

test('a search does not depend on the batch, and stays within the bounds', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(3);
  const options = { bounds, pixels: 3, population: 8, steps: 4, seed: 5 };
  const [one, all] = [
    await attacks.onePixel(model, x, { ...options, batchSize: 1 }),
    await attacks.onePixel(model, x, { ...options, batchSize: 3 }),
  ];
  expect(one).toEqual(all);
  const other = await attacks.onePixel(model, x, { ...options, seed: 6 });
  expect(other.adversarial).not.toEqual(one.adversarial);
  expect(Math.min(...one.adversarial.data)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...one.adversarial.data)).toBeLessThanOrEqual(1);
  for (const row of [0, 1, 2]) expect(changedPixels(one.adversarial, x, row)).toBeLessThanOrEqual(3);
  one.success.forEach((isSuccess, i) => expect(isSuccess || one.queries[i] === 8 * 5).toBe(true));
  model.dispose();
});

test('a goal is reached by one pixel', async () => {
  const model = planted(peak(7, 3), 0.9);
  const { success, goal } = await attacks.onePixel(model, black, { bounds, criterion: { target: 1 } });
  expect([success, goal]).toEqual([[true], Int32Array.of(1)]);
  model.dispose();
});

test.each([
  [{ pixels: 0 }, /"pixels" expected/],
  [{ pixels: 121 }, /"pixels" expected 1..120/],
  [{ population: 3 }, /"population" expected/],
  [{ search: 'all' as never }, /"search" expected/],
  [{ search: 'exhaustive' as const, pixels: 2 }, /"pixels" expected 1 where every pixel is tried, got 2/],
  [{ search: 'exhaustive' as const, steps: 2 }, /"steps" is of search: 'evolution'/],
])('%j is refused', async (wrong, message) => {
  const model = planted(peak(7, 3), 0.9);
  await expect(attacks.onePixel(model, black, { bounds, ...wrong })).rejects.toThrow(message);
  model.dispose();
});

test('examples without pixels are refused', async () => {
  const model = sequential({ layers: [l.dense({ units: 2, inputShape: [5] })] });
  const x = { shape: [1, 5], data: new Float32Array(5) };
  await expect(attacks.onePixel(model, x, { bounds })).rejects.toThrow(/"x" expected pictures .* "onePixel" changes/);
  await expect(attacks.square(model, x, { bounds, epsilon: 1 })).rejects.toThrow(/"x" expected pictures .* "square"/);
  model.dispose();
});
