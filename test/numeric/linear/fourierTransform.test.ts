import { expect, test } from 'vitest';
import { planeSpectrum } from '../../../src/numeric/linear/fourierTransform.ts';
import { random } from '../../../src/numeric/random.ts';

/** The sums themselves. */
function naive(plane: readonly number[], [height, width]: readonly [number, number]): [number[], number[]] {
  const columns = Math.floor(width / 2) + 1;
  const real: number[] = [];
  const imaginary: number[] = [];
  for (let u = 0; u < height; u++) {
    for (let k = 0; k < columns; k++) {
      let [re, im] = [0, 0];
      plane.forEach((value, i) => {
        const turns = (u * Math.floor(i / width)) / height + (k * (i % width)) / width;
        re += value * Math.cos(2 * Math.PI * turns);
        im -= value * Math.sin(2 * Math.PI * turns);
      });
      real.push(re);
      imaginary.push(im);
    }
  }
  return [real, imaginary];
}

const sizes = [
  [1, 1],
  [2, 3],
  [8, 8],
  [7, 9],
  [12, 10],
  [5, 16],
  [30, 11],
] as const;

test.each(sizes)('planeSpectrum of %i × %i numbers is the sum itself', (height, width) => {
  const { normal } = random(3, height, width);
  const plane = Array.from({ length: height * width }, normal);
  const { real, imaginary } = planeSpectrum(plane, [height, width]);
  const [re, im] = naive(plane, [height, width]);
  expect(real.length).toBe(re.length);
  re.forEach((value, i) => expect(real[i]).toBeCloseTo(value, 9));
  im.forEach((value, i) => expect(imaginary[i]).toBeCloseTo(value, 9));
});
