import { describe, expect, test } from 'vitest';
import {
  boxDetectionRate,
  centerInBoxRate,
  localizationDistance,
  medianPartRadius,
  type PartData,
  type PartOptions,
  partInterpretability,
  peakPositions,
  unitCategories,
} from '../../src/metrics/index.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { naivePartInterpretability } from '../oracle/partInterpretability.ts';
import { expectNear } from '../support/near.ts';

function floats(shape: readonly number[], values: ArrayLike<number>): NdArray {
  return { shape, data: Float32Array.from(values) };
}

function bytes(shape: readonly number[], values: ArrayLike<number>): NdArray<Uint8Array> {
  return { shape, data: Uint8Array.from(values) };
}

describe('peakPositions', () => {
  test('finds the first maximum row by row, with steps of their own for rows and columns', () => {
    // Two units beside each other; the first has its maximum twice.
    const maps = [1, -3, 5, -2, 0, -4, 5, -1, 2, -1, 3, -7];
    const { positions, scores } = peakPositions(floats([1, 2, 3, 2], maps), { centre: [3.5, 7], jump: [8, 16] });
    expect(positions).toEqual({ shape: [1, 2, 2], data: Float64Array.of(3.5, 23, 11.5, 7) });
    expect(scores).toEqual({ shape: [1, 2], data: Float64Array.of(5, -1) });
    expect([...peakPositions(floats([2, 1, 1, 1], [0, -1]), { centre: -1, jump: 4 }).positions.data]).toEqual([
      -1, -1, -1, -1,
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d by unit and image', (bad) => {
    const maps = floats([2, 1, 2, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bad, 0]);
    expect(() => peakPositions(maps, { centre: 0, jump: 1 })).toThrow(
      `"activations" expected finite activations, got ${bad} in unit 1 of image 1`,
    );
  });

  test('refuses other shapes and placements', () => {
    const maps = floats([1, 1, 1, 1], [0]);
    expect(() => peakPositions(floats([1, 1, 1], [0]), { centre: 0, jump: 1 })).toThrow(
      '"activations" expected rank 4',
    );
    expect(() => peakPositions(maps, { centre: Number.NaN, jump: 1 })).toThrow(
      '"centre" expected a finite number, got NaN',
    );
    expect(() => peakPositions(maps, { centre: 0, jump: [8, 0] })).toThrow(
      '"jump" expected a finite number of at least',
    );
    expect(() => peakPositions(maps, { centre: 0, jump: [8] as unknown as [number, number] })).toThrow(VitrineError);
  });
});

/** Maps and parts at random, some parts missing. */
function randomParts({ images, units, count }: Record<'images' | 'units' | 'count', number>): PartData {
  const { normal, uniform, integer } = random(1, images);
  const parts = new Uint8Array(images * count * 30 * 20);
  for (let k = 0; k < images * count; k++) {
    const [row, column, has] = [30 * uniform(), 20 * uniform(), integer(4) > 0];
    for (let pixel = 0; has && pixel < 600; pixel++) {
      const inside = Math.abs(Math.floor(pixel / 20) - row) < 5 && Math.abs((pixel % 20) - column) < 4;
      parts[k * 600 + pixel] = Number(inside);
    }
  }
  return {
    activations: floats(
      [images, 6, 5, units],
      Float32Array.from({ length: images * 30 * units }, () => Math.max(normal(), 0)),
    ),
    parts: { shape: [images, count, 30, 20], data: parts },
  };
}

describe('partInterpretability', () => {
  const data = randomParts({ images: 12, units: 3, count: 4 });
  const placement = { centre: [2, 1.5], jump: [5, 4] } as const;

  test.each<[number, number, number]>([
    [4, 0.05, 0.2],
    [2.5, 0.2, 0.1],
    [0, 0.1, 0],
    [100, 0.01, 0.05],
  ])('is what plain loops give with radius %d, quantile %d, threshold %d', (radius, quantile, threshold) => {
    const options: PartOptions = { ...placement, radius, quantile, threshold };
    const found = partInterpretability(data, options);
    const expected = naivePartInterpretability(data, { ...placement, radius, quantile, threshold });
    expect([...found.thresholds]).toEqual(expected.thresholds);
    expectNear(found.iou.data, expected.iou, 1e-12);
    expectNear(found.rates.data, expected.rates, 1e-12);
    expectNear([found.mean], [expected.mean], 1e-12);
    expect(found.radius).toBe(radius);
    expect(found.area.shape).toEqual([12, 3]);
  });

  test('measures a unit on its own category', () => {
    const classes = Array.from({ length: 12 }, (_, image) => image % 3);
    const options = { ...placement, radius: 4, quantile: 0.05 };
    const { rates, category, iou } = partInterpretability({ ...data, classes }, options);
    expect(category).toEqual(unitCategories(data.activations, classes).category);
    const present = (image: number, part: number): boolean =>
      data.parts.data.subarray((image * 4 + part) * 600, (image * 4 + part + 1) * 600).some((value) => value !== 0);
    for (const [unit, own] of [...(category ?? [])].entries()) {
      const part = 1;
      const images = classes.flatMap((label, image) => (label === own && present(image, part) ? [image] : []));
      const hits = images.filter((image) => (iou.data[(image * 3 + unit) * 4 + part] as number) > 0.2);
      expect(rates.data[unit * 4 + part]).toBe(hits.length / images.length);
    }
  });

  test('a unit that lights the part and nothing else finds it always', () => {
    const activations = floats([2, 3, 3, 1], [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]);
    const disc = (row: number, column: number): readonly number[] =>
      Array.from({ length: 144 }, (_, k) => Number((Math.floor(k / 12) - row) ** 2 + ((k % 12) - column) ** 2 <= 4));
    const nothing = new Array<number>(144).fill(0);
    const parts = bytes([2, 2, 12, 12], [...disc(5, 5), ...nothing, ...disc(9, 5), ...nothing]);
    const found = partInterpretability({ activations, parts }, { centre: 1, jump: 4, radius: 2, quantile: 0.12 });
    expect([...found.iou.data]).toEqual([1, 0, 1, 0]);
    // The second part is nowhere.
    expect([found.perUnit[0], found.bestPart[0], found.mean, found.rates.data[1]]).toEqual([1, 0, 1, Number.NaN]);
    expect(structuredClone(found)).toEqual(found);
  });

  test('constant maps have no region; without any part there is no rate', () => {
    const activations = floats([1, 2, 2, 1], [1, 1, 1, 1]);
    const options = { centre: 0, jump: 2, radius: 1 };
    const found = partInterpretability({ activations, parts: bytes([1, 1, 3, 3], new Array(9).fill(1)) }, options);
    expect([found.area.data[0], found.mean]).toEqual([0, 0]);
    const none = partInterpretability({ activations, parts: bytes([1, 1, 3, 3], new Array(9).fill(0)) }, options);
    expect([none.iou.data[0], none.bestPart[0], none.mean]).toEqual([0, -1, Number.NaN]);
  });

  const wrong =
    (change: Partial<PartData>, options: Partial<PartOptions> = {}) =>
    (): unknown =>
      partInterpretability({ ...data, ...change }, { ...placement, radius: 3, ...options });
  test.each<[string, () => unknown, string]>([
    ['images', wrong({ parts: bytes([1, 1, 2, 2], [0, 1, 0, 1]) }), '"parts" expected 12 images, got 1'],
    ['parts', wrong({ parts: bytes([2, 2], [0, 1, 0, 1]) }), '"parts" expected rank 4, got shape [2, 2]'],
    ['classes', wrong({ classes: [0, 1] }), '"classes" expected 12 numbers, got 2'],
    [
      'negative classes',
      wrong({ classes: new Array(12).fill(-1) }),
      '"classes" expected an integer of at least 0, got -1',
    ],
    ['radius', wrong({}, { radius: -1 }), '"radius" expected a finite number of at least 0, got -1'],
    [
      'no radius',
      wrong({}, { radius: undefined as unknown as number }),
      '"radius" expected a finite number of at least 0, got undefined',
    ],
    ['quantile', wrong({}, { quantile: 1 }), '"quantile" expected a number between 0 and 1, got 1'],
    ['threshold', wrong({}, { threshold: 1 }), '"threshold" expected a number from 0 to below 1, got 1'],
    [
      'NaN',
      wrong({ parts: floats([12, 1, 1, 1], new Array(12).fill(Number.NaN)) as never }),
      '"parts" expected numbers, got NaN',
    ],
    [
      'no part',
      () => medianPartRadius(bytes([1, 1, 1, 1], [0])),
      '"parts" expected a part in at least one image, got none',
    ],
  ])('bad input: %s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(VitrineError);
  });
});

test('unitCategories: means of sums, NaN where a category has no image', () => {
  const { category, means } = unitCategories(floats([3, 1, 2, 2], [1, 0, 2, 1, 5, 0, 1, 2, 0, 3, 0, 4]), [0, 2, 0]);
  expect(means.shape).toEqual([3, 2]);
  expect([...means.data]).toEqual([1.5, 4, Number.NaN, Number.NaN, 6, 2]);
  expect([...category]).toEqual([2, 0]);
});

test('medianPartRadius: the median of the areas that are there', () => {
  const masks = bytes([2, 2, 2, 2], [1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0]);
  expect(medianPartRadius(masks)).toBeCloseTo(Math.sqrt(3 / Math.PI), 12);
});

describe('localisation', () => {
  test('distances in diagonals', () => {
    const { distance, mean } = localizationDistance(floats([2, 2], [0, 0, 1, 1]), floats([2, 2], [3, 4, 1, 1]), [6, 8]);
    expect([...distance, mean]).toEqual([0.5, 0, 0.25]);
  });

  test('centres in boxes, edges included', () => {
    const boxes = floats([4, 4], [0, 0, 2, 4, 0, 0, 2, 4, 0, 0, 2, 4, 0, 0, 2, 4]);
    expect(centerInBoxRate(floats([4, 2], [1, 1, 2, 4, 2.5, 1, 1, -0.5]), boxes)).toBe(0.5);
  });

  test('boxes that overlap', () => {
    const boxes = floats([4, 4], [0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 2, 2, 1, 1, 1, 1]);
    const found = floats([4, 4], [0, 0, 2, 2, 0, 1, 2, 3, 5, 5, 6, 6, 1, 1, 1, 1]);
    const { iou, rate } = boxDetectionRate(found, boxes);
    expectNear(iou, [1, 1 / 3, 0, 0], 1e-12);
    expect(rate).toBe(0.25);
    expect(boxDetectionRate(found, boxes, { threshold: 0.3 }).rate).toBe(0.5);
  });

  test('bad input', () => {
    const [points, boxes] = [floats([1, 2], [0, 0]), floats([1, 4], [0, 0, 1, 1])];
    const nan = floats([1, 2], [0, Number.NaN]);
    expect(() => localizationDistance(points, floats([2, 2], [0, 0, 0, 0]), [5, 5])).toThrow(
      '"truth" expected shape [1, 2]',
    );
    expect(() => localizationDistance(nan, points, [5, 5])).toThrow('"predicted" expected finite numbers');
    expect(() => localizationDistance(points, points, [5, Number.NaN])).toThrow('"imageSize" expected a finite number');
    expect(() => centerInBoxRate(nan, boxes)).toThrow('"predicted" expected finite numbers');
    expect(() => centerInBoxRate(points, points)).toThrow('"boxes" expected shape [1, 4], got [1, 2]');
    expect(() => boxDetectionRate(boxes, floats([1, 4], [3, 0, 1, 1]))).toThrow(
      '"boxes" expected [top, left, bottom, right], got [3, 0, 1, 1] at 0',
    );
    expect(() => boxDetectionRate(points, boxes)).toThrow('"predicted" expected shape [1, 4], got [1, 2]');
    expect(() => boxDetectionRate(boxes, boxes, { threshold: Number.NaN })).toThrow(
      '"threshold" expected a number in 0..1, got NaN',
    );
  });
});
