import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resize } from '../../src/image/resize.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type Colormap, colorTable } from '../../src/render/drawing/colormaps.ts';
import { colorScale } from '../../src/render/drawing/colorScale.ts';
import { heatmap } from '../../src/render/heatmap.ts';

const arrayOf = (shape: readonly number[], ...values: number[]): NdArray => ({
  shape,
  data: Float32Array.from(values),
});
const entry = (colormap: Colormap, i: number): number[] => Array.from(colorTable(colormap).slice(i * 3, i * 3 + 3));
const pixel = ({ data }: { data: Uint8ClampedArray }, i: number): number[] => Array.from(data.slice(i * 4, i * 4 + 3));

test('colorTable(name) has the published ends and the middle of RdBu is pale', () => {
  expect(entry('viridis', 0)).toEqual([0x44, 0x01, 0x54]);
  expect(entry('viridis', 255)).toEqual([0xfd, 0xe7, 0x25]);
  expect(entry('inferno', 0)).toEqual([0, 0, 4]);
  expect(entry('greys', 0)).toEqual([0, 0, 0]);
  expect(entry('greys', 255)).toEqual([255, 255, 255]);
  expect(entry('RdBu', 255)).toEqual([103, 0, 31]); // red is high
  expect(entry('RdBu', 0)).toEqual([5, 48, 97]);
  for (const value of entry('RdBu', 128)) expect(value).toBeGreaterThan(235);
  const names = ['RdBu', 'PuOr', 'PRGn', 'PiYG', 'magma', 'plasma', 'cividis', 'turbo', 'reds'] as const;
  for (const name of names) {
    const table = colorTable(name);
    expect(table).toHaveLength(768);
    expect(new Set(table).size).toBeGreaterThan(50);
  }
});

test('heatmap(map) of negative numbers is diverging about zero', () => {
  const { width, height, data } = heatmap(arrayOf([1, 2, 2], -1, 0, 0.5, 2));
  expect([width, height]).toEqual([2, 2]);
  expect(Array.from(data)).toEqual(
    [
      [109, 179, 213, 255].map((_, c) => (c < 3 ? (entry('RdBu', 64)[c] as number) : 255)),
      [...entry('RdBu', 128), 255],
      [...entry('RdBu', 159), 255],
      [103, 0, 31, 255],
    ].flat(),
  );
});

test('heatmap(map) of a tiny map stays as it is', () => {
  expect(Array.from(heatmap(arrayOf([1, 3], -1, 0, 1)).data)).toMatchInlineSnapshot(`
    [
      5,
      48,
      97,
      255,
      242,
      239,
      237,
      255,
      103,
      0,
      31,
      255,
    ]
  `);
  expect(Array.from(heatmap(arrayOf([1, 3], 0, 1, 2)).data)).toMatchInlineSnapshot(`
    [
      0,
      0,
      4,
      255,
      188,
      55,
      84,
      255,
      252,
      255,
      164,
      255,
    ]
  `);
});

test('heatmap(map) of other numbers is sequential from zero', () => {
  const drawn = heatmap(arrayOf([2, 2], 1, 2, 3, 4));
  expect(pixel(drawn, 0)).toEqual(entry('inferno', 64));
  expect(pixel(drawn, 3)).toEqual(entry('inferno', 255));
});

test('heatmap(map, { example, channels }) picks', () => {
  const map = arrayOf([2, 1, 2, 2], 9, 9, 9, 9, 1, 3, 2, -2);
  expect(heatmap(map, { example: 1 })).toEqual(heatmap(arrayOf([1, 2], 4, 0)));
  expect(heatmap(map, { example: 1, channels: 'maxAbs' })).toEqual(heatmap(arrayOf([1, 2], 3, 2)));
  expect(heatmap(map, { example: 1, channels: 1 })).toEqual(heatmap(arrayOf([1, 2], 3, -2)));
});

test('heatmap(attribution) draws its values', () => {
  const values = arrayOf([1, 1, 2], -1, 3);
  expect(heatmap({ values, method: 'gradient' } as { values: NdArray })).toEqual(heatmap(values));
});

test('heatmap(map, { size }) interpolates the map, not the colours', () => {
  const map = arrayOf([2, 2], -1, 1, 0.5, 0);
  const larger = heatmap(map, { size: [3, 5] });
  expect(larger).toEqual(heatmap(resize(map, [3, 5]), { range: [-1, 1] }));
});

test('colorScale(map, options)', () => {
  const signed = arrayOf([1, 4], -1, 0, 2, 3);
  expect(colorScale(signed)).toEqual({ low: -3, high: 3, colormap: 'RdBu' });
  expect(colorScale(signed, { symmetric: false })).toEqual({ low: -1, high: 3, colormap: 'inferno' });
  expect(colorScale(signed, { range: [0, 10] })).toEqual({ low: 0, high: 10, colormap: 'inferno' });
  expect(colorScale(signed, { range: [-5, 5] }).colormap).toBe('RdBu');
  expect(colorScale(signed, { quantile: 0.5 }).high).toBe(1.5); // of 0, 1, 2, 3
  const positive = arrayOf([1, 2], 1, 4);
  expect(colorScale(positive)).toEqual({ low: 0, high: 4, colormap: 'inferno' });
  expect(colorScale(positive, { colormap: 'PuOr' })).toEqual({ low: -4, high: 4, colormap: 'PuOr' });
  expect(colorScale(positive, { symmetric: true })).toEqual({ low: -4, high: 4, colormap: 'RdBu' });
});

test('heatmap(map) of zeros is the colour of zero', () => {
  const zeros = arrayOf([1, 2], 0, 0);
  expect(pixel(heatmap(zeros), 1)).toEqual(entry('inferno', 0));
  expect(pixel(heatmap(zeros, { colormap: 'RdBu' }), 1)).toEqual(entry('RdBu', 128));
});

test('heatmap(map) depends on ratios only', () => {
  const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(values, (numbers) => {
      const scaled = numbers.map((value) => value * 2 ** -20);
      expect(heatmap(arrayOf([2, 3], ...scaled))).toEqual(heatmap(arrayOf([2, 3], ...numbers)));
    }),
  );
});

test('heatmap() refuses bad maps and options', () => {
  const map = arrayOf([1, 2], 1, 2);
  expect(() => heatmap(map, { colormap: 'virids' as 'viridis' })).toThrow('"colormap" expected one of viridis, ');
  expect(() => heatmap(map, { colormap: 'virids' as 'viridis' })).toThrow(VitrineError);
  expect(() => heatmap(map, { example: 1 })).toThrow('"example" expected an integer in 0..0, got 1');
  expect(() => heatmap(arrayOf([1, 1, 1, 2], 1, 2), { channels: 2 })).toThrow(
    '"channels" expected an integer in 0..1, got 2',
  );
  expect(() => heatmap(arrayOf([2], 1, 2))).toThrow('"map" expected rank 2 or 3 or 4 or 5, got shape [2]');
  expect(() => heatmap(arrayOf([1, 2], 1, Number.NaN))).toThrow('"map" expected finite numbers, got NaN at [0, 1]');
  expect(() => heatmap(map, { size: 0 })).toThrow('"size" expected');
  expect(() => heatmap(map, { range: [2, 2] })).toThrow('"range" expected [low, high] with low < high, got [2, 2]');
  expect(() => heatmap(map, { quantile: 1.01 })).toThrow('"quantile" expected a number in 0..1, got 1.01');
  expect(() => heatmap(null as never)).toThrow(VitrineError);
});
