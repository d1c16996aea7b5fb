import { expect, test } from 'vitest';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { maco } from '../../../src/visualization/parameterizations/maco/maco.ts';
import { magnitudesFor } from '../../../src/visualization/parameterizations/maco/spectrum.ts';
import { spectrumOf } from '../../../src/visualization/parameterizations/maco/spectrumOf.ts';
import { renderingOf } from '../../support/rendering.ts';

/** A wave in all channels: `rows` and `columns` turns over the picture. */
function wave(size: readonly [number, number], [rows, columns]: readonly [number, number], strength: number): NdArray {
  const [height, width] = size;
  const data = Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    return 0.5 + strength * Math.cos(2 * Math.PI * ((rows * row) / height + (columns * column) / width));
  });
  return { shape: [height, width, 3], data };
}

test('spectrumOf waves: magnitudes at their frequencies, of luminance alone, and the mean over pictures', async () => {
  const pictures = [wave([8, 10], [2, 3], 0.2), wave([8, 10], [-1, 1], 0.4)];
  const { magnitudes, size } = await spectrumOf(pictures, { size: [8, 10] });
  expect(size).toEqual([8, 10]);
  expect(magnitudes.shape).toEqual([3, 8, 6]);
  const at = (channel: number, row: number, column: number): number =>
    magnitudes.data[(channel * 8 + row) * 6 + column] as number;
  // Grey is (.57744 · 3) of luminance a unit, by the inverse of the matrix of colors; a wave has half of its strength here.
  const grey = 0.577440473122555 * 3;
  expect(at(0, 0, 0)).toBeCloseTo(0.5 * 80 * grey, 3);
  expect(at(0, 2, 3)).toBeCloseTo(((0.2 / 2) * 80 * grey) / 2, 3);
  expect(at(0, 7, 1)).toBeCloseTo(((0.4 / 2) * 80 * grey) / 2, 3);
  expect(at(0, 1, 1)).toBeCloseTo(0, 3);
  // Grey has no green against magenta; red against blue has (2.77171 − .30797 − 2.36109) of it.
  expect(at(1, 2, 3) / at(0, 2, 3)).toBeCloseTo(
    (2.7717142709882636 - 0.3079682523320292 - 2.361089934545558) / grey,
    3,
  );
});

test('spectrumOf takes pictures, batches, data sets, and other sizes and channels', async () => {
  const data = new Uint8ClampedArray(12 * 9 * 4).map((_, i) => (37 * i) % 256);
  const picture = { width: 12, height: 9, data };
  const { magnitudes } = await spectrumOf([picture, picture], { size: 6, channels: 1 });
  expect(magnitudes.shape).toEqual([1, 6, 4]);
  const one = await spectrumOf(() => [picture], { size: 6, channels: 1 });
  magnitudes.data.forEach((value, i) => expect(one.magnitudes.data[i]).toBeCloseTo(value, 4));
  const batch = { shape: [2, 4, 4, 5], data: Float32Array.from({ length: 160 }, random(0).uniform) };
  const whole = await spectrumOf(batch, { size: 4, channels: 5 });
  const halves = [0, 80].map((from) => ({ shape: [4, 4, 5], data: batch.data.slice(from, from + 80) }));
  expect(await spectrumOf(halves, { size: 4, channels: 5 })).toEqual(whole);
  await expect(spectrumOf([], { size: 4 })).rejects.toThrow('"pictures" expected at least one, got none');
  await expect(spectrumOf([batch], { size: 4 })).rejects.toThrow('"pictures" expected 3 channels, got [2, 4, 4, 5]');
  await expect(spectrumOf([picture], { size: 4, channels: 2 })).rejects.toThrow('got a picture');
  await expect(spectrumOf([picture], {} as { size: number })).rejects.toThrow('"size"');
});

test('a spectrum of one size is interpolated at the same frequencies per pixel for another', () => {
  // Magnitudes that are linear in the frequency stay so; rows go on from the last to the first.
  const of = (size: readonly [number, number]): Float32Array =>
    Float32Array.from({ length: size[0] * (size[1] / 2 + 1) }, (_, i) => {
      const [row, k] = [Math.floor(i / (size[1] / 2 + 1)), i % (size[1] / 2 + 1)];
      return size[0] * size[1] * (1 + Math.min(row, size[0] - row) / size[0] + k / size[1]);
    });
  const spectrum = { size: [8, 8] as const, magnitudes: { shape: [1, 8, 5], data: of([8, 8]) } };
  const larger = magnitudesFor({ count: 1, size: [16, 16], channels: 1 }, spectrum);
  const expected = of([16, 16]);
  const rows = [...Array(9).keys(), 15, 14, 13, 12, 11, 10, 9];
  rows.forEach((row, place) => {
    for (let k = 0; k < 9; k++) {
      // Next to the mean, which is left out.
      if (Math.min(row, 16 - row) < 2 && k < 2) continue;
      expect((larger[place * 9 + k] as number) / (expected[row * 9 + k] as number)).toBeCloseTo(1, 5);
    }
  });
  expect([...magnitudesFor({ count: 1, size: [8, 8], channels: 1 }, spectrum)].slice(0, 5)).toEqual([
    ...spectrum.magnitudes.data.slice(0, 5),
  ]);
});

test('maco says in its name what its magnitudes are, and refuses others than it can use', async () => {
  const spectrum = await spectrumOf([wave([8, 8], [1, 2], 0.3)], { size: 8 });
  expect(maco().name).toBe('MaCo with 1 / f');
  expect(maco({ spectrum }).name).toBe('MaCo with a given spectrum');
  const grey = { count: 1, size: [8, 8], channels: 1 } as const;
  await expect(renderingOf(maco({ spectrum }), grey, maco().start(grey, random(0)))).rejects.toThrow(
    '"spectrum" expected magnitudes of 1 channels, got 3',
  );
  const wrong = { size: [8, 9] as const, magnitudes: { shape: [3, 9, 5], data: new Float32Array(135) } };
  expect(() => maco({ spectrum: wrong })).toThrow('"spectrum.magnitudes" expected [c, 8, 5], got [3, 9, 5]');
});
