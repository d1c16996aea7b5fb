import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blur } from '../../src/image/blur.ts';
import { picture } from '../../src/image/picture.ts';
import { resize } from '../../src/image/resize.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

const arrayOf = (shape: readonly number[], values: Iterable<number>): NdArray => ({
  shape,
  data: Float32Array.from(values),
});

function noise(...shape: number[]): NdArray {
  const { normal } = random(0, ...shape);
  return arrayOf(shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal));
}

const expectClose = (got: NdArray, expected: ArrayLike<number>, tolerance = 1e-6): void => {
  expect(got.data).toHaveLength(expected.length);
  got.data.forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThan(tolerance));
};

// PyTorch's interpolate(mode='bilinear', align_corners=False), pixel by pixel.
function bilinear({ shape, data }: NdArray, [toHeight, toWidth]: readonly [number, number]): NdArray {
  const [n, h, w, c] = shape as [number, number, number, number];
  const out: number[] = [];
  const split = (i: number, from: number, to: number): [number, number, number] => {
    const at = Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const low = Math.min(Math.floor(at), from - 1);
    return [low, Math.min(low + 1, from - 1), at - low];
  };
  for (let e = 0; e < n; e++)
    for (let y = 0; y < toHeight; y++)
      for (let x = 0; x < toWidth; x++)
        for (let k = 0; k < c; k++) {
          const [top, bottom, fy] = split(y, h, toHeight);
          const [left, right, fx] = split(x, w, toWidth);
          const at = (row: number, column: number): number => data[((e * h + row) * w + column) * c + k] as number;
          const above = at(top, left) * (1 - fx) + at(top, right) * fx;
          const below = at(bottom, left) * (1 - fx) + at(bottom, right) * fx;
          out.push(above * (1 - fy) + below * fy);
        }
  return arrayOf([n, toHeight, toWidth, c], out);
}

test('resize([2, 2] map, 4) interpolates between pixel centres', () => {
  // Along an axis, [0, 1] becomes [0, 1/4, 3/4, 1].
  const larger = resize(arrayOf([2, 2], [0, 1, 2, 3]), 4);
  expect(larger.shape).toEqual([4, 4]);
  expectClose(larger, [0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3]);
});

test('resize([4] row, 2) averages the two middle neighbours of each output', () => {
  expectClose(resize(arrayOf([1, 4], [1, 2, 4, 8]), [1, 2]), [1.5, 6]);
  expectClose(resize(arrayOf([1, 3], [1, 2, 4]), [1, 2]), [1.25, 3.5]);
});

test.each([[[14, 14]], [[7, 7]], [[3, 2]], [[1, 1]], [[5, 23]]] as const)(
  'resize([n, h, w, c], %j) equals half-pixel bilinear interpolation',
  (size) => {
    const source = noise(2, 7, 5, 3);
    const resized = resize(source, size);
    expect(resized.shape).toEqual([2, size[0], size[1], 3]);
    expectClose(resized, bilinear(source, size).data);
  },
);

test('resize() reads [n, h, w] as maps and [h, w] as one map', () => {
  const maps = noise(3, 4, 5);
  const resized = resize(maps, [6, 9]);
  expect(resized.shape).toEqual([3, 6, 9]);
  const second = resize(arrayOf([4, 5], maps.data.slice(20, 40)), [6, 9]);
  expect(second.shape).toEqual([6, 9]);
  expect(second.data).toEqual(resized.data.slice(54, 108));
});

test('resize() keeps constants, linear ramps within the outer centres, and the same size', () => {
  const side = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(side, side, side, side, fc.boolean(), (h, w, toH, toW, antialias) => {
      const constant = resize(arrayOf([1, h, w, 2], new Array(h * w * 2).fill(3.5)), [toH, toW], { antialias });
      expectClose(constant, new Array(toH * toW * 2).fill(3.5));
      const source = noise(1, h, w, 2);
      expectClose(resize(source, [h, w], { antialias }), source.data);
      const { data } = resize(source, [toH, toW], { antialias });
      expect(Math.max(...data)).toBeLessThanOrEqual(Math.max(...source.data) + 1e-6);
    }),
  );
});

test('resize(…, { antialias: true }) averages over a triangle of the width of an output', () => {
  expectClose(resize(arrayOf([1, 6], [0, 0, 0, 8, 0, 0]), [1, 3], { antialias: true }), [0, 3, 8 / 7]);
  // A checkerboard becomes grey; without, every other pixel is dropped.
  const board = arrayOf(
    [16, 16],
    Array.from({ length: 256 }, (_, i) => (i + (i >> 4)) % 2),
  );
  const grey = resize(board, 4, { antialias: true });
  for (const value of grey.data) expect(Math.abs(value - 0.5)).toBeLessThan(0.05);
});

test('resize(picture, size) interpolates colours and rounds', () => {
  const source = picture(2, 1, Uint8ClampedArray.of(0, 100, 255, 255, 100, 0, 255, 255));
  const resized = resize(source, [1, 4]);
  expect([resized.width, resized.height]).toEqual([4, 1]);
  expect(Array.from(resized.data)).toEqual([0, 100, 255, 255, 25, 75, 255, 255, 75, 25, 255, 255, 100, 0, 255, 255]);
});

test('resize() refuses other ranks, sizes and lengths', () => {
  const map = noise(1, 4, 4);
  expect(() => resize(noise(4), 2)).toThrow(
    new VitrineError('bad-shape', '"source" expected rank 2 or 3 or 4, got shape [4]'),
  );
  expect(() => resize(map, 0)).toThrow(
    new VitrineError('bad-argument', '"size" expected an integer of at least 1 or [height, width] of such, got 0'),
  );
  expect(() => resize(map, [4, -1])).toThrow('got [4, -1]');
  expect(() => resize(map, [4] as never)).toThrow('got [4]');
  expect(() => resize(map, undefined as never)).toThrow('got undefined');
  expect(() => resize({ shape: [2, 2], data: new Float32Array(3) }, 2)).toThrow(
    new VitrineError('bad-shape', '"source" expected 4 numbers for shape [2, 2], got 3'),
  );
  expect(() => resize({ shape: [0, 2], data: new Float32Array(0) }, 2)).toThrow('axes of at least 1');
  expect(() => resize(null as never, 2)).toThrow(
    new VitrineError('bad-argument', '"source" expected {shape, data} with a typed array, got null'),
  );
});

test('blur(map, sigma) of a single point is the sampled Gaussian', () => {
  const point = arrayOf(
    [17, 17],
    Array.from({ length: 289 }, (_, i) => (i === 8 * 17 + 8 ? 1 : 0)),
  );
  const { data } = blur(point, 1.5);
  const line = Array.from({ length: 13 }, (_, k) => Math.exp(-0.5 * ((k - 6) / 1.5) ** 2));
  const total = line.reduce((a, b) => a + b);
  for (let y = 0; y < 17; y++)
    for (let x = 0; x < 17; x++)
      expect(data[y * 17 + x]).toBeCloseTo(((line[y - 2] ?? 0) * (line[x - 2] ?? 0)) / total ** 2, 6);
});

test('blur(map, sigma) reflects at the edges and keeps the sum', () => {
  // Four times sigma is one pixel: weights w, 1 and w.
  const w = Math.exp(-8);
  const expected = [(1 + w) / (1 + 2 * w), w / (1 + 2 * w), 0];
  expectClose(blur(arrayOf([1, 3], [1, 0, 0]), 0.25), expected);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 8, noNaN: true }),
      (h, w, sigma) => {
        const source = noise(2, h, w, 2);
        const blurred = blur(source, sigma);
        expect(blurred.shape).toEqual(source.shape);
        const sum = ({ data }: NdArray): number => data.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum(blurred) - sum(source))).toBeLessThan(1e-4);
      },
    ),
  );
});

test('blur(source, 0) copies', () => {
  const source = noise(1, 3, 4);
  const copy = blur(source, 0);
  expect(copy).toEqual(source);
  expect(copy.data).not.toBe(source.data);
  const grey = picture(2, 2, new Uint8ClampedArray(16).fill(77));
  expect(blur(grey, 3).data).toEqual(grey.data);
});

test('blur() refuses a negative sigma and other ranks', () => {
  expect(() => blur(noise(2, 2), -1)).toThrow(
    new VitrineError('bad-argument', '"sigma" expected a finite number of at least 0, got -1'),
  );
  expect(() => blur(noise(2, 2), Number.NaN)).toThrow('got NaN');
  expect(() => blur(noise(1, 1, 1, 1, 1), 1)).toThrow('"source" expected rank 2 or 3 or 4, got shape [1, 1, 1, 1, 1]');
});
