import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { coOccurrence, eraseAndWatch } from '../../../src/diagnosis/index.ts';
import { type NdArray, scores } from '../../../src/index.ts';
import { random } from '../../../src/numeric/random.ts';
import { chain, free, randomized } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

const { uniform } = random(2);
const pictures: NdArray = { shape: [3, 6, 8, 1], data: Float32Array.from({ length: 144 }, uniform) };
const attributes = [0, 1].map((target) => ({ name: `mark ${target}`, target }));

/** Two scores of a picture. */
function halves() {
  const model = chain([6, 8, 1], l.flatten(), l.dense({ units: 2, activation: 'sigmoid', name: 'marks' }));

  return { model: randomized(model) };
}

const mask = (of: (row: number, column: number) => boolean): NdArray<Uint8Array> => ({
  shape: [6, 8],
  data: Uint8Array.from({ length: 48 }, (_, i) => Number(of(Math.floor(i / 8), i % 8))),
});

test('a score falls by what the erased place gave to it, counted by hand', async () => {
  const { model } = halves();
  const places = [
    { name: 'left', mask: mask((_, column) => column < 4) },
    { name: 'corner', mask: mask((row, column) => row < 2 && column > 5) },
  ];
  const found = await eraseAndWatch(model, pictures, { attributes, places, baseline: 0.5, controls: 3 });
  for (const [p, { mask: erased }] of places.entries())
    for (const { target } of attributes) {
      const without = { ...pictures, data: pictures.data.map((value, i) => (erased.data[i % 48] ? 0.5 : value)) };
      const [before, after] = [await scores(model, pictures, { target }), await scores(model, without, { target })];
      const falls = Array.from(before.values, (score, i) => score - (after.values[i] as number));
      const mean = falls.reduce((sum, fall) => sum + fall, 0) / 3;
      expect(found.fall.data[p * 2 + target]).toBeCloseTo(mean, 5);
      const square = falls.reduce((sum, fall) => sum + (fall - mean) ** 2, 0);
      expect(found.error.data[p * 2 + target]).toBeCloseTo(Math.sqrt(square / 2 / 3), 5);
      falls.forEach((fall, i) => expect(found.perImage.data[i * 4 + p * 2 + target]).toBeCloseTo(fall, 5));
    }
  const again = await eraseAndWatch(model, pictures, { attributes, places, baseline: 0.5, controls: 3, batchSize: 2 });
  expectNear(again.control.data, found.control.data, 1e-5);
  free(model);
});

test('a mask for each image, and a mask of everything, whose shifts are the same', async () => {
  const { model } = halves();
  const all = { name: 'all', mask: { shape: [3, 6, 8], data: new Uint8Array(144).fill(1) } };
  const found = await eraseAndWatch(model, pictures, { attributes, places: [all], controls: 2 });
  expectNear(found.control.data, found.fall.data, 1e-5);
  const none = { name: 'none', mask: { shape: [6, 8], data: new Float32Array(48) } };
  const still = await eraseAndWatch(model, pictures, { attributes, places: [none], controls: 0 });
  expectNear(still.fall.data, [0, 0], 1e-6);
  expectNear(still.control.data, [0, 0], 0);
  free(model);
});

test('what cannot be erased is refused', async () => {
  const { model } = halves();
  const watch = (places: unknown) => eraseAndWatch(model, pictures, { attributes, places: places as never });
  await expect(watch([])).rejects.toThrow('"places" expected a list of {name, mask}');
  await expect(watch([{ name: 'a', mask: { shape: [8, 6], data: new Uint8Array(48) } }])).rejects.toThrow(
    '"places[0].mask" expected [6, 8] or [3, 6, 8], got [8, 6]',
  );
  await expect(watch([{ mask: 1 }])).rejects.toThrow('"places[0]" expected {name, mask}');
  free(model);
});

test('labels that occur together', () => {
  const labels = { shape: [6, 3], data: Uint8Array.from([1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]) };
  const { counts, phi, jaccard } = coOccurrence(labels);
  expect([...counts.data]).toEqual([3, 2, 0, 2, 3, 0, 0, 0, 0]);
  expectNear(jaccard.data, [1, 0.5, 0, 0.5, 1, 0, 0, 0, 0], 1e-12);
  // (2 · 6 − 3 · 3) / √(3 · 3 · 3 · 3)
  expectNear(phi.data, [1, 1 / 3, 0, 1 / 3, 1, 0, 0, 0, 0], 1e-12);
  expect(() => coOccurrence({ shape: [1, 2], data: Float32Array.of(1, 0.5) })).toThrow(
    '"labels" expected 0 and 1, got 0.5 at [0, 1]',
  );
});
