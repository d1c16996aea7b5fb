import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { colorScale, positionOn } from '../../src/render/drawing/colorScale.ts';

const row = (...values: number[]): NdArray => ({ shape: [1, values.length], data: Float32Array.from(values) });
/** The numbers from −100 to 100. */
const line = row(...Array.from({ length: 201 }, (_, i) => i - 100));

describe('colorScale(map, { quantile })', () => {
  test('of a scale that is not symmetric, half of what is left out is at each end', () => {
    expect(colorScale(line, { symmetric: false, quantile: 1 })).toMatchObject({ low: -100, high: 100 });
    const { low, high } = colorScale(line, { symmetric: false, quantile: 0.9 });
    expect([low, high]).toEqual([expect.closeTo(-90, 9), expect.closeTo(90, 9)]);
    const uneven = row(-1, 0, 1, 2, 3);
    expect(colorScale(uneven, { symmetric: false, quantile: 0.5 })).toMatchObject({ low: 0, high: 2 });
  });

  test('of a symmetric one, what is left out is the greatest by magnitude', () => {
    const { low, high } = colorScale(line, { quantile: 0.5 });
    expect([low, high]).toEqual([-50, 50]);
    expect(colorScale(row(-4, 0, 1, 2, 3), { quantile: 0.75 })).toMatchObject({ low: -3, high: 3 });
  });

  test('of a map that is nowhere negative, it is at the top', () => {
    expect(colorScale(row(0, 1, 2, 3, 40), { quantile: 0.75 })).toMatchObject({ low: 0, high: 3 });
    expect(colorScale(row(0, 0, 0))).toEqual({ low: 0, high: 0, colormap: 'inferno' });
  });
});

test('positionOn(scale, value) is within the scale, and without extent its middle or its beginning', () => {
  const scale = { low: -2, high: 6, colormap: 'inferno' } as const;
  expect([-3, -2, 0, 2, 6, 7].map((value) => positionOn(scale, value))).toEqual([0, 0, 0.25, 0.5, 1, 1]);
  expect(positionOn({ low: 0, high: 0, colormap: 'inferno' }, 0)).toBe(0);
  expect(positionOn({ low: 0, high: 0, colormap: 'RdBu' }, 0)).toBe(0.5);
});
