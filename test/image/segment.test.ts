import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { picture } from '../../src/image/picture.ts';
import { segment } from '../../src/image/segment.ts';
import { connectedLabels } from '../../src/image/segmentation/connectedLabels.ts';
import { labOf } from '../../src/image/segmentation/lab.ts';
import type { Picture, Segments } from '../../src/image/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { atOnce } from '../../src/numeric/sliced.ts';

/** A picture whose colours are given by position. */
function painted(
  height: number,
  width: number,
  color: (row: number, column: number) => readonly [number, number, number],
): Picture {
  const data = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) data.set(color(Math.floor(i / width), i % width), i * 4);
  return picture(width, height, data);
}

/** Four flat quarters of strong colours. */
const quarters = painted(24, 30, (row, column) => [
  row < 12 ? 0 : 255,
  column < 15 ? 0 : 255,
  row < 12 === column < 15 ? 255 : 0,
]);
const quarterOf = (i: number): number => (Math.floor(i / 30) < 12 ? 0 : 2) + (i % 30 < 15 ? 0 : 1);

const kinds: readonly Segments[] = [
  { grid: 2 },
  { slic: 4 },
  { felzenszwalb: 50, sigma: 0 },
  { quickshift: 20, ratio: 1, kernelSize: 2 },
];

describe.each(kinds.map((kind) => [JSON.stringify(kind), kind] as const))('segment(picture, %s)', (_name, kind) => {
  test('finds four flat quarters exactly', () => {
    const { shape, data } = segment(quarters, kind);
    expect(shape).toEqual([24, 30]);
    expect([...data]).toEqual(Array.from(data, (_, i) => quarterOf(i)));
  });

  test('gives the same labels each time, all from 0 on, for every size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 99 }),
        (height, width, channels, seed) => {
          const shape = [2, height, width, channels];
          const data = Float32Array.from({ length: 2 * height * width * channels }, (_, i) => Math.sin(i * 7.1 + seed));
          const found = segment({ shape, data }, kind);
          expect(found.shape).toEqual([2, height, width]);
          for (const half of [0, 1]) {
            const labels = new Set(found.data.subarray(half * height * width, (half + 1) * height * width));
            expect([...labels].sort((a, b) => a - b)).toEqual(Array.from(labels, (_, i) => i));
          }
          expect(segment({ shape, data }, kind).data).toEqual(found.data);
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('segment(array, { grid }) divides what does not divide evenly into cells of nearly equal size', () => {
  const { data } = segment({ shape: [1, 5, 7], data: new Float32Array(35) }, { grid: 3 });
  expect([...data]).toEqual(
    Array.from({ length: 35 }, (_, i) => Math.floor((Math.floor(i / 7) * 3) / 5) * 3 + Math.floor(((i % 7) * 3) / 7)),
  );
  expect(new Set(segment({ shape: [2, 3], data: new Float32Array(6) }, { grid: 9 }).data).size).toBe(6);
});

test('segment(picture, { slic: 9 }): segments are connected and none is below a quarter of the wanted size', () => {
  const noisy = painted(30, 30, (row, column) => [
    (row * 37 + column * 91) % 256,
    (row * 53) % 256,
    (column * 29) % 256,
  ]);
  const { data } = segment(noisy, { slic: 9 });
  const size = new Map<number, number>();
  for (const label of data) size.set(label, (size.get(label) ?? 0) + 1);
  expect(Math.min(...size.values())).toBeGreaterThanOrEqual(25);
  // Relabelling piece by piece finds as many pieces as there are labels.
  expect(new Set(atOnce(connectedLabels(data, { depth: 1, height: 30, width: 30 }, 0))).size).toBe(size.size);
});

describe('segment(array, { felzenszwalb }) by hand: a row of grey values 0, 10, 20, 100, 110', () => {
  const row: NdArray = { shape: [1, 5], data: Float32Array.of(0, 10, 20, 100, 255) };
  const divide = (scale: number, minSize = 0): number[] => [
    ...segment(row, { felzenszwalb: scale, sigma: 0, minSize }).data,
  ];
  test.each([
    // Joined where the difference is at most the scale, then the scale over the size plus the inner difference.
    [9, [0, 1, 2, 3, 4]],
    // 10 ≤ 10 joins the first two; the third needs 10 ≤ min(10 + 10 / 2, 0 + 10).
    [10, [0, 0, 0, 1, 2]],
    // 80 ≤ min(10 + 240 / 3, 240) joins the fourth; 155 > 80 + 240 / 4.
    [240, [0, 0, 0, 0, 1]],
    // 155 ≤ 80 + 300 / 4.
    [300, [0, 0, 0, 0, 0]],
  ])('scale %i: %j', (scale, labels) => {
    expect(divide(scale)).toEqual(labels);
  });

  test('minSize joins small segments to their nearest neighbour in colour', () => {
    expect(divide(10, 2)).toEqual([0, 0, 0, 0, 0]);
  });
});

test('labOf: reference colours of CIELAB', () => {
  const colors = [
    [1, 1, 1],
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
  ];
  const { data } = atOnce(
    labOf({ depth: 1, height: 1, width: 4, channels: 3, data: Float64Array.from(colors.flat()) }),
  );
  // Lindbloom's calculator, sRGB and D65.
  const expected = [100, 0, 0, 0, 0, 0, 53.2408, 80.0925, 67.2032, 32.297, 79.1875, -107.8602];
  data.forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThan(0.02));
});

describe('segment(x, labels) checks a label map', () => {
  const x: NdArray = { shape: [2, 2, 2, 3], data: new Float32Array(24) };
  const labels = (data: number[], shape = [2, 2]): NdArray<Int32Array> => ({ shape, data: Int32Array.from(data) });

  test('one map serves all images', () => {
    expect(segment(x, labels([0, 1, 1, 0]))).toEqual({ shape: [2, 2, 2], data: Int32Array.of(0, 1, 1, 0, 0, 1, 1, 0) });
  });

  test.each<[string, Segments, string]>([
    ['another size', labels([0, 1], [1, 2]), '"segments" expected labels of shape [2, 2] or [2, 2, 2], got [1, 2]'],
    ['a gap', labels([0, 0, 2, 2]), '"segments" expected every label from 0 to 2, none is 1'],
    ['a negative label', labels([0, -1, 0, 0]), '"segments" expected labels 0, 1, 2, …, got -1'],
    ['three maps for two images', labels(new Array(12).fill(0), [3, 2, 2]), 'got [3, 2, 2]'],
    ['no cells', { grid: 0 }, '"segments.grid" expected an integer of at least 1, got 0'],
    ['half a superpixel', { slic: 0.5 }, '"segments.slic" expected an integer'],
    [
      'a negative scale',
      { felzenszwalb: -1 },
      '"segments.felzenszwalb" expected a finite number of at least 0, got -1',
    ],
    ['an infinite link', { quickshift: Number.POSITIVE_INFINITY }, '"segments.quickshift" expected a finite number'],
    ['an unknown kind', { watershed: 3 } as unknown as Segments, '"segments" expected labels, {grid}, {slic}'],
  ])('%s is refused', (_name, segments, message) => {
    expect(() => segment(x, segments)).toThrow(message);
  });
});
