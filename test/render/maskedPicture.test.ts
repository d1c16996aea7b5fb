import { expect, test } from 'vitest';
import { tallyAccumulator } from '../../src/dissection/counting/tallyAccumulator.ts';
import { picture } from '../../src/image/picture.ts';
import type { Picture } from '../../src/image/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Upsampling } from '../../src/readings/placement.ts';
import { runLengths } from '../../src/render/dissectionReport/maskRuns.ts';
import { maskedPicture } from '../../src/render/maskedPicture.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

function filled(width: number, height: number, value: number): Picture {
  return picture(width, height, new Uint8ClampedArray(width * height * 4).fill(value));
}

function litCount({ data }: Picture): number {
  return data.filter((value, i) => i % 4 === 0 && value === 255).length;
}

test.each<[string, Upsampling]>([
  ['filling the image', 'fill'],
  ['about receptive fields', { centre: [3, 0], jump: [4, 5], imageSize: [20, 30] }],
])('as many pixels are left as a dissection counts, positions %s', (_, upsampling) => {
  const samples = randomLabelled({ images: 5, positions: [4, 5], pixels: [11, 13], units: 6 }, 8);
  const thresholds = Float64Array.of(0.5, 0.5, 0, 0.4, 0.9, -0.1);
  const counts: number[] = [];
  for (const sample of samples) {
    const tally = tallyAccumulator({ thresholds, concepts, upsampling });
    const state = tally.create();
    tally.add(state, sample);
    thresholds.forEach((threshold, unit) => {
      const data = sample.activations.data.filter((_, i) => i % 6 === unit);
      const options = { threshold, upsampling, fit: 'stretch' } as const;
      const masked = maskedPicture(filled(13, 11, 255), { shape: [4, 5], data }, options);
      expect(litCount(masked)).toBe(state.mask[unit]);
      counts.push(state.mask[unit] as number);
    });
  }
  expect(new Set(counts).size).toBeGreaterThan(10);
});

test('by hand: a ramp is bright where it is above the threshold, and a fifth as bright elsewhere', () => {
  // Half-pixel centres: 0, 0.25, 0.75, 1 at the four columns.
  const ramp: NdArray = { shape: [1, 2], data: Float32Array.of(0, 1) };
  const original = picture(4, 1, Uint8ClampedArray.of(...[10, 20, 30, 40].flatMap((v) => [v, 2 * v, 5 * v, 200])));
  const { data } = maskedPicture(original, ramp, { threshold: 0.25, fit: 'stretch' });
  expect([...data]).toEqual([2, 4, 10, 200, 4, 8, 20, 200, 30, 60, 150, 200, 40, 80, 200, 200]);
  expect([...original.data.slice(0, 4)]).toEqual([10, 20, 50, 200]);
});

test.each<[string, Upsampling, number]>([
  ['filling the input', 'fill', 30],
  ['about receptive fields', { centre: 0.5, jump: 2, imageSize: [4, 6] }, 30],
])('of a photo, the part that the model saw is lit, positions %s', (_, upsampling, columns) => {
  const lit: NdArray = { shape: [2, 3], data: new Float32Array(6).fill(1) };
  const masked = maskedPicture(filled(70, 20, 255), lit, { threshold: 0, upsampling });
  const bright = Array.from({ length: 70 }, (_, column) => masked.data[column * 4] === 255);
  expect(bright).toEqual(Array.from({ length: 70 }, (_, column) => column >= 20 && column < 20 + columns));
  expect(litCount(masked)).toBe(20 * columns);
  const whole = maskedPicture(filled(70, 20, 255), lit, { threshold: 0, upsampling, fit: 'stretch' });
  expect(litCount(whole)).toBe(70 * 20);
  const wider = maskedPicture(filled(70, 20, 255), lit, { threshold: 0, upsampling, size: [2, 6] });
  expect(litCount(wider)).toBe(60 * 20);
});

test('the mask is where activations are above the threshold, not where they reach it', () => {
  const flat: NdArray = { shape: [2, 2], data: new Float32Array(4).fill(1.5) };
  expect(litCount(maskedPicture(filled(6, 6, 255), flat, { threshold: 1.5 }))).toBe(0);
  expect(litCount(maskedPicture(filled(6, 6, 255), flat, { threshold: 1.4999 }))).toBe(36);
});

test.each<[object, object, string]>([
  [{ shape: [2, 2, 1], data: new Float32Array(4) }, { threshold: 0 }, '"activations" expected rank 2'],
  [{ shape: [1, 1], data: Float32Array.of(Number.NaN) }, { threshold: 0 }, '"activations" expected finite numbers'],
  [{ shape: [1, 1], data: Float32Array.of(1) }, {}, '"threshold" expected a finite number, got undefined'],
  [
    { shape: [1, 1], data: Float32Array.of(1) },
    { threshold: 0, upsampling: { centre: 0, jump: -1, imageSize: 4 } },
    '"upsampling.jump" expected',
  ],
])('maskedPicture(picture, %o, %o) is refused', (activations, options, message) => {
  expect(() => maskedPicture(filled(2, 2, 0), activations as never, options as never)).toThrow(message);
});

test('run lengths are of zeros and ones in turn', () => {
  expect(runLengths(Uint8Array.of(0, 0, 1, 1, 1, 0, 1, 0))).toEqual([2, 3, 1, 1]);
  expect(runLengths(Uint8Array.of(1, 0, 0))).toEqual([0, 1]);
  expect(runLengths(Uint8Array.of(0, 1))).toEqual([1, 1]);
  expect(runLengths(new Uint8Array(5))).toEqual([]);
});
