import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { conceptActivationVectors } from '../../src/dissection/concepts/conceptActivationVectors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { chain, free } from '../oracle/building.ts';

const side = 4;

/** Class 0 wants red, class 1 does not; neither minds blue. The first layer leaves colours as they are. */
function network(): LayersModel {
  const model = chain(
    [side, side, 3],
    l.conv2d({ filters: 3, kernelSize: 1, useBias: false, name: 'colors' }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 2, useBias: false, name: 'classes' }),
  );
  const identity = tf.tensor4d([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 1, 3, 3]);
  const weights = tf.tensor2d([1, -1, 0.1, 0.1, 0, 0], [3, 2]);
  model.getLayer('colors').setWeights([identity]);
  model.getLayer('classes').setWeights([weights]);
  tf.dispose([identity, weights]);
  return model;
}

/** Noise, with one colour turned up. */
function pictures(count: number, seed: number, channel?: number): NdArray {
  const { normal } = random(seed);
  const data = Float32Array.from({ length: count * side * side * 3 }, (_, i) => normal() + (i % 3 === channel ? 3 : 0));
  return { shape: [count, side, side, 3], data };
}

const sets = Array.from({ length: 6 }, (_, i) => pictures(12, 100 + i));
const options = {
  layer: 'colors',
  concepts: { red: pictures(12, 1, 0), blue: pictures(15, 2, 2) },
  negatives: sets,
};

test('a concept that raises the score, one that lowers it, one that does neither', async () => {
  const model = network();
  const x = pictures(5, 3);
  const { concepts, chance } = await conceptActivationVectors(model, x, { ...options, target: 0 });
  expect(chance).toHaveLength(30);
  expect(new Set(chance)).toEqual(new Set([0, 1]));
  expect([...concepts.red.scores]).toEqual(sets.map(() => 1));
  expect(concepts.red.mean).toBe(1);
  expect(concepts.red.pValue).toBeLessThan(0.05);
  expect(Math.min(...concepts.red.accuracy)).toBe(1);
  expect(concepts.blue.pValue).toBeGreaterThan(0.05);
  const against = await conceptActivationVectors(model, x, { ...options, target: 1 });
  expect(against.concepts.red.mean).toBe(0);
  free(model);
});

test('vectors have unit length and point to the concept', async () => {
  const model = network();
  const { concepts } = await conceptActivationVectors(model, pictures(2, 3), options);
  const { shape, data } = concepts.red.vectors;
  expect(shape).toEqual([6, side * side * 3]);
  for (let row = 0; row < 6; row++) {
    const vector = data.subarray(row * side * side * 3, (row + 1) * side * side * 3);
    expect(vector.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(1, 10);
    const red = vector.filter((_, i) => i % 3 === 0).reduce((sum, value) => sum + value, 0);
    expect(red).toBeGreaterThan(
      2 * Math.abs(vector.filter((_, i) => i % 3 === 1).reduce((sum, value) => sum + value, 0)),
    );
    // As a direction: what the vector says of each unit, all positions together.
    const sums = [0, 1, 2].map((unit) =>
      vector.filter((_, i) => i % 3 === unit).reduce((sum, value) => sum + value, 0),
    );
    const direction = concepts.red.directions[row];
    expect(direction?.layer).toBe(options.layer);
    sums.forEach((sum, unit) => expect(direction?.vector[unit]).toBeCloseTo(sum / Math.hypot(...sums), 5));
  }
  free(model);
});

test('a seed decides, batches do not', async () => {
  const model = network();
  const x = pictures(5, 3);
  const first = await conceptActivationVectors(model, x, { ...options, target: 0, batchSize: 2 });
  expect(await conceptActivationVectors(model, x, { ...options, target: 0, batchSize: 5 })).toEqual(first);
  const other = await conceptActivationVectors(model, x, { ...options, target: 0, seed: 1 });
  expect(other.concepts.red.vectors).not.toEqual(first.concepts.red.vectors);
  free(model);
});

test.each<[object, string]>([
  [{ negatives: sets.slice(0, 1) }, '"negatives" expected two sets or more, got 1'],
  [{ concepts: { red: pictures(2, 1, 0) } }, '"concepts.red" expected at least three examples, got 2'],
  [{ negatives: [pictures(2, 1), ...sets] }, '"negatives[0]" expected at least three examples, got 2'],
  [{ layer: 'colours' }, '"layers" expected the address of a layer, got "colours"; near: colors'],
  [{ penalty: 0 }, '"penalty" expected a finite number of at least'],
])('%o is refused', async (wrong, message) => {
  const model = network();
  await expect(conceptActivationVectors(model, pictures(2, 3), { ...options, ...wrong })).rejects.toThrow(message);
  free(model);
});
