import { describe, expect, test } from 'vitest';
import {
  categoryInstability,
  type LocationData,
  type LocationOptions,
  locationInstability,
} from '../../src/metrics/index.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { naiveInstability } from '../oracle/locationInstability.ts';
import { expectNear } from '../support/near.ts';

const missing = Number.NaN;

function array(shape: readonly number[], values: ArrayLike<number>): NdArray<Float64Array> {
  return { shape, data: Float64Array.from(values) };
}

/** Units at random places and landmarks of which a third is missing. */
function randomData({ images, units, landmarks }: Record<'images' | 'units' | 'landmarks', number>): LocationData {
  const { uniform, integer } = random(3, images, units);
  const seen = Array.from({ length: images * landmarks }, () => integer(3) > 0);
  return {
    positions: array(
      [images, units, 2],
      Float64Array.from({ length: images * units * 2 }, () => 60 * uniform()),
    ),
    // Few different scores, so that many are tied.
    scores: array(
      [images, units],
      Float64Array.from({ length: images * units }, () => integer(4)),
    ),
    landmarks: array(
      [images, landmarks, 2],
      seen.flatMap((is) => (is ? [90 * uniform() - 20, 90 * uniform() - 20] : [missing, missing])),
    ),
    imageSize: [50, 70],
  };
}

describe('locationInstability', () => {
  const data = randomData({ images: 23, units: 4, landmarks: 3 });

  test.each<LocationOptions>([
    {},
    { top: 7 },
    { top: 7, select: 'beforeVisibility' },
    { top: 9, ddof: 0 },
    { top: 2, select: 'beforeVisibility' },
  ])('is what plain loops give with %o', (options) => {
    const found = locationInstability(data, options);
    const expected = naiveInstability(data, { top: 100, ddof: 1, select: 'afterVisibility', ...options });
    const known = (values: ArrayLike<number>): number[] =>
      Array.from(values, (value) => (Number.isNaN(value) ? -1 : value));
    expectNear(known(found.deviation.data), known(expected.deviation.flat()), 1e-12);
    expectNear(known(found.vectorDeviation.data), known(expected.vectorDeviation.flat()), 1e-12);
    expect([...found.used.data]).toEqual(expected.used.flat());
    expectNear(known(found.perUnit), known(expected.perUnit), 1e-12);
    expectNear([found.mean], [expected.mean], 1e-12);
    expectNear(found.positionSpread, expected.positionSpread, 1e-12);
  });

  test('two images: the difference of the distances over the square root of two', () => {
    const { deviation, positionSpread, vectorDeviation, used } = locationInstability({
      positions: array([2, 1, 2], [0, 0, 6, 8]),
      scores: array([2, 1], [1, 1]),
      landmarks: array([2, 1, 2], [3, 4, 6, 8]),
      imageSize: [30, 40],
    });
    expect(deviation.data[0]).toBeCloseTo(5 / 50 / Math.SQRT2, 12);
    expect(vectorDeviation.data[0]).toBeCloseTo(5 / 50 / Math.SQRT2, 12);
    expect(positionSpread[0]).toBeCloseTo(10 / 50 / Math.SQRT2, 12);
    expect([...used.data]).toEqual([2]);
  });

  test('a unit on the landmark has none, nor has one that circles it, but for the vector', () => {
    const angles = Array.from({ length: 8 }, (_, i) => (Math.PI * i) / 4);
    const { perUnit, vectorDeviation } = locationInstability({
      positions: array(
        [8, 2, 2],
        angles.flatMap((angle, i) => [i, 2 * i, i + 10 * Math.sin(angle), 2 * i + 10 * Math.cos(angle)]),
      ),
      scores: array([8, 2], new Float64Array(16)),
      landmarks: array(
        [8, 1, 2],
        angles.flatMap((_, i) => [i, 2 * i]),
      ),
      imageSize: [60, 80],
    });
    expectNear(perUnit, [0, 0], 1e-15);
    expectNear(vectorDeviation.data, [0, Math.sqrt(8 / 7) / 10], 1e-12);
  });

  test('of equal scores the first images are taken', () => {
    const { deviation } = locationInstability(
      {
        positions: array([4, 1, 2], new Float64Array(8)),
        scores: array([4, 1], [1, 2, 1, 1]),
        landmarks: array([4, 1, 2], [0, 3, 0, 1, 0, 40, 0, 0]),
        imageSize: [3, 4],
      },
      { top: 2 },
    );
    // Images 1 and 0, at distances 1 and 3.
    expect(deviation.data[0]).toBeCloseTo(2 / 5 / Math.SQRT2, 12);
  });

  test('landmarks outside of the image count; one that is never visible is left out of the means', () => {
    const seen = [-5, 100, -5, 90, -5, 80];
    const landmarks = array(
      [3, 2, 2],
      [0, 1, 2].flatMap((i) => [...seen.slice(2 * i, 2 * i + 2), missing, missing]),
    );
    const units = { positions: array([3, 1, 2], new Float64Array(6)), scores: array([3, 1], [1, 2, 3]) };
    const found = locationInstability({ ...units, landmarks, imageSize: [50, 50] });
    const alone = locationInstability({ ...units, landmarks: array([3, 1, 2], seen), imageSize: [50, 50] });
    expect([...found.used.data]).toEqual([3, 0]);
    expect(found.deviation.data[1]).toBeNaN();
    expect(found.mean).toBe(alone.mean);
    expect(found.mean).toBeGreaterThan(0.1);
  });

  test('is NaN throughout where no landmark is visible, and of a single image', () => {
    const grid = { size: [2, 2], centre: 5, jump: 20 } as const;
    const nothing = locationInstability({
      ...data,
      landmarks: array([23, 1, 2], new Float64Array(46).fill(missing)),
      grid,
    });
    expect([...nothing.perUnit, nothing.mean, nothing.nulls?.randomUnit.mean, nothing.nulls?.centre.mean]).toEqual(
      new Array(7).fill(missing),
    );
    const single = locationInstability({
      positions: array([1, 1, 2], [1, 2]),
      scores: array([1, 1], [1]),
      landmarks: array([1, 1, 2], [3, 4]),
      imageSize: [9, 9],
      grid,
    });
    expect([single.mean, single.positionSpread[0], single.nulls?.constantUnit.mean]).toEqual(
      new Array(3).fill(missing),
    );
    expect([single.used.data[0], single.positionConstant?.length]).toEqual([1, 0]);
  });

  test('names the units that hardly move', () => {
    const grid = { size: [4, 4], centre: 5, jump: [10, 12] } as const;
    const { positionConstant } = locationInstability({
      positions: array([3, 2, 2], [0, 0, 5, 5, 20, 0, 5, 5, 0, 20, 5, 9]),
      scores: array([3, 2], new Float64Array(6)),
      landmarks: array([3, 1, 2], [1, 1, 2, 2, 3, 3]),
      imageSize: [40, 48],
      grid,
    });
    expect([...(positionConstant ?? [])]).toEqual([1]);
    expect(locationInstability(data).positionConstant).toBeUndefined();
    expect(locationInstability(data).nulls).toBeUndefined();
  });

  test('survives structuredClone', () => {
    const found = locationInstability({ ...data, grid: { size: [3, 4], centre: 8, jump: 16 } });
    expect(structuredClone(found)).toEqual(found);
  });
});

describe('nulls', () => {
  const grid = { size: [3, 5], centre: [8, 6], jump: [16, 14] } as const;
  const data = randomData({ images: 30, units: 1, landmarks: 2 });
  const { nulls } = locationInstability({ ...data, grid });

  /** What the metric gives for units at positions of the grid. */
  function unitsAt(units: number, placeOf: (unit: number, image: number) => number, ddof: number): Float64Array {
    const places = Array.from({ length: 30 * units }, (_, k) => placeOf(k % units, Math.floor(k / units)));
    const positions = places.flatMap((at) => [8 + 16 * Math.floor(at / 5), 6 + 14 * (at % 5)]);
    const scores = array([30, units], new Float64Array(30 * units));
    const found = locationInstability({ ...data, scores, positions: array([30, units, 2], positions) }, { ddof });
    return found.deviation.data;
  }

  test.each([0, 1])('randomUnit is what drawn positions give on average, ddof %i', (ddof) => {
    const source = random(5);
    const expected = locationInstability({ ...data, grid }, { ddof }).nulls?.randomUnit.perLandmark as Float64Array;
    const drawn = unitsAt(3000, () => source.integer(15), ddof);
    for (const landmark of [0, 1]) {
      const variances = Array.from({ length: 3000 }, (_, unit) => (drawn[2 * unit + landmark] as number) ** 2);
      const average = Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0) / 3000);
      expect(Math.abs(average / (expected[landmark] as number) - 1)).toBeLessThan(0.02);
    }
  });

  test('constantUnit is the best of all positions', () => {
    const found = unitsAt(15, (unit) => unit, 1);
    const means = Array.from(
      { length: 15 },
      (_, unit) => ((found[2 * unit] as number) + (found[2 * unit + 1] as number)) / 2,
    );
    const best = means.indexOf(Math.min(...means));
    expect(nulls?.constantUnit.position).toEqual([Math.floor(best / 5), best % 5]);
    expectNear(nulls?.constantUnit.perLandmark ?? [], found.subarray(2 * best, 2 * best + 2), 1e-12);
  });

  test('centre is the middle of the image', () => {
    const middle = array(
      [30, 1, 2],
      Array.from({ length: 60 }, (_, k) => (k % 2 === 0 ? 24.5 : 34.5)),
    );
    const { deviation, mean } = locationInstability({ ...data, positions: middle });
    expectNear(nulls?.centre.perLandmark ?? [], deviation.data, 1e-12);
    expect(nulls?.centre.mean).toBeCloseTo(mean, 12);
  });
});

test('categoryInstability leaves out categories without a deviation', () => {
  const data = randomData({ images: 12, units: 2, landmarks: 2 });
  const unseen = { ...data, landmarks: array([12, 1, 2], new Float64Array(24).fill(missing)) };
  const { category, perUnit, byActivation } = categoryInstability([unseen, data]);
  expect([...category]).toEqual([1, 1]);
  expectNear(perUnit, locationInstability(data).perUnit, 0);
  // Both categories have the same scores: the first is chosen.
  expect([...byActivation.category]).toEqual([0, 0]);
  expect(byActivation.mean).toBeNaN();
  expect([...categoryInstability([unseen]).category]).toEqual([-1, -1]);
});

describe('bad input', () => {
  const good = randomData({ images: 3, units: 2, landmarks: 1 });
  const wrong = (change: Partial<LocationData> & { grid?: unknown }, options?: unknown) => (): unknown =>
    locationInstability({ ...good, ...change } as LocationData, options as LocationOptions);

  test.each<[string, () => unknown, string]>([
    [
      'positions',
      wrong({ positions: array([3, 1, 2], new Float64Array(6)) }),
      '"positions" expected shape [3, 2, 2], got [3, 1, 2]',
    ],
    [
      'positions NaN',
      wrong({ positions: array([3, 2, 2], new Float64Array(12).fill(missing)) }),
      '"positions" expected finite numbers, got NaN at [0, 0, 0]',
    ],
    ['scores', wrong({ scores: array([6], new Float64Array(6)) }), '"scores" expected rank 2, got shape [6]'],
    [
      'scores NaN',
      wrong({ scores: array([3, 2], [0, 0, 0, missing, 0, 0]) }),
      '"scores" expected finite numbers, got NaN at [1, 1]',
    ],
    [
      'landmarks',
      wrong({ landmarks: array([2, 1, 2], new Float64Array(4)) }),
      '"landmarks" expected shape [3, 1, 2], got [2, 1, 2]',
    ],
    [
      'half a landmark',
      wrong({ landmarks: array([3, 1, 2], [1, 1, 2, missing, 3, 3]) }),
      '"landmarks" expected [row, column] or [NaN, NaN], got [2, NaN] for landmark 0 of image 1',
    ],
    ['imageSize', wrong({ imageSize: [0, 10] }), '"imageSize" expected a finite number of at least 1, got 0'],
    ['top', wrong({}, { top: 1 }), '"top" expected an integer of at least 2, got 1'],
    ['ddof', wrong({}, { ddof: 2 }), '"ddof" expected an integer in 0..1, got 2'],
    [
      'select',
      wrong({}, { select: 'before' }),
      '"select" expected one of beforeVisibility, afterVisibility, got "before"',
    ],
    [
      'grid.size',
      wrong({ grid: { size: [1.5, 2], centre: 0, jump: 1 } }),
      '"grid.size" expected an integer of at least 1, got 1.5',
    ],
    [
      'grid.jump',
      wrong({ grid: { size: [2, 2], centre: 0, jump: 0 } }),
      '"grid.jump" expected a finite number of at least',
    ],
    ['categories', () => categoryInstability([]), '"categories" expected a list with elements, got []'],
    [
      'units',
      () => categoryInstability([good, randomData({ images: 3, units: 1, landmarks: 1 })]),
      '"categories" expected 2 units in each, got 1',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(VitrineError);
  });

  test('no array', () => {
    expect(wrong({ scores: [1, 2] as unknown as NdArray })).toThrow(VitrineError);
    expect(wrong({ imageSize: [5] as unknown as [number, number] })).toThrow(
      '"imageSize" expected a number or [rows, columns], got [5]',
    );
  });
});
