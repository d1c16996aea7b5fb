import { expect, test } from 'vitest';
import { categoryNames, partNames } from '../../examples/animals/anatomy.ts';
import { type Animal, drawAnimal } from '../../examples/animals/drawAnimal.ts';
import { boxDetectionRate, centerInBoxRate, locationInstability } from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

const animals = Array.from({ length: 40 }, (_, number) => drawAnimal(number, { seed: 4 }));
const parts = partNames.length;

function isHidden({ landmarks }: Animal, part: number): boolean {
  return Number.isNaN(landmarks.data[2 * part]);
}

test('a picture is fixed by its number, the seed and the options', () => {
  expect(drawAnimal(3, { seed: 4 })).toEqual(animals[3]);
  expect(drawAnimal(3, { seed: 5 }).image).not.toEqual(animals[3]?.image);
  expect(drawAnimal(3, { size: 32, category: 'cat' })).toMatchObject({ category: 1, image: { shape: [32, 32, 3] } });
  expect(new Set(animals.map(({ category }) => category)).size).toBe(categoryNames.length);
  for (const { image } of animals) expect(image.data.every((value) => value >= -1 && value <= 1)).toBe(true);
});

test('landmarks, boxes and masks agree, and are missing together', () => {
  for (const animal of animals) {
    const size = 64 * 64;
    const seen = [...partNames.keys()].filter((part) => !isHidden(animal, part));
    const pick = (data: Float64Array, width: number): NdArray<Float64Array> => {
      const rows = seen.flatMap((part) => [...data.subarray(width * part, width * (part + 1))]);
      return { shape: [seen.length, width], data: Float64Array.from(rows) };
    };
    const boxes = pick(animal.boxes.data, 4);
    for (const [i, part] of seen.entries()) {
      const mask = animal.masks.data.subarray(part * size, (part + 1) * size);
      const [top, left, bottom, right] = boxes.data.subarray(4 * i, 4 * i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const pixels = [...mask.keys()].filter((pixel) => mask[pixel] === 1);
      expect(pixels.length).toBeGreaterThan(0);
      expect(pixels.every((pixel) => Math.floor(pixel / 64) > top && Math.floor(pixel / 64) < bottom)).toBe(true);
      expect(pixels.every((pixel) => pixel % 64 > left && pixel % 64 < right)).toBe(true);
    }
    for (const part of partNames.keys()) {
      if (!isHidden(animal, part)) continue;
      expect(animal.masks.data.subarray(part * size, (part + 1) * size).every((value) => value === 0)).toBe(true);
      expect(animal.boxes.data[4 * part]).toBeNaN();
    }
    expect(boxDetectionRate(boxes, boxes).rate).toBe(1);
    // The middle of a part can lie outside of what an obstacle leaves of it.
    expect(centerInBoxRate(pick(animal.landmarks.data, 2), boxes)).toBeGreaterThan(0.5);
  }
});

test('birds have no ears, the others no beaks, and some parts are hidden', () => {
  const [ear, beak] = [partNames.indexOf('ear'), partNames.indexOf('beak')];
  for (const animal of animals)
    expect(isHidden(animal, categoryNames[animal.category] === 'bird' ? ear : beak)).toBe(true);
  const hidden = animals.filter((animal) => [...partNames.keys()].filter((part) => isHidden(animal, part)).length > 1);
  expect(hidden.length).toBeGreaterThan(0);
});

test('units on the parts are steady about their own part and not about others', () => {
  const cats = Array.from({ length: 30 }, (_, number) => drawAnimal(number, { category: 'cat' }));
  const places = Float64Array.from(cats.flatMap(({ landmarks }) => [...landmarks.data]));
  const landmarks = { shape: [30, parts, 2], data: places };
  // Where a part is hidden its unit is at the corner, but does not count for it.
  const positions = { shape: [30, parts, 2], data: places.map((value) => (Number.isNaN(value) ? 0 : value)) };
  const scores = { shape: [30, parts], data: new Float64Array(30 * parts) };
  const { deviation } = locationInstability({ positions, scores, landmarks, imageSize: [64, 64] });
  for (let part = 0; part < parts; part++) {
    const own = deviation.data[part * parts + part] as number;
    if (partNames[part] === 'beak') expect(own).toBeNaN();
    else expect(own).toBe(0);
  }
  // Torso and head.
  expect(deviation.data[parts]).toBeGreaterThan(0.005);
});
