import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { colorScale } from '../../src/render/drawing/colorScale.ts';
import { type MapSelection, type MapSource, mapPlane } from '../../src/render/drawing/mapPlane.ts';
import { heatmap } from '../../src/render/heatmap.ts';
import { overlay } from '../../src/render/overlay.ts';

const arrayOf = (shape: readonly number[], values: readonly number[]): NdArray => ({
  shape,
  data: Float32Array.from(values),
});
/** Two examples of 2 planes of 2 × 3. */
const numbers = Array.from({ length: 24 }, (_, i) => (i % 5 === 0 ? -i : i));
const volume = arrayOf([2, 2, 2, 3], numbers);
const cam = { values: volume, layout: 'ndhw' } as const;
const plane = (map: MapSource, selection: MapSelection = {}) => {
  const { shape, data } = mapPlane(map, selection);
  return { shape, data: [...data] };
};

describe('planes of volumes', () => {
  test.each<[string, MapSelection, readonly number[], readonly number[]]>([
    ['a plane', { slice: { index: 1 } }, [2, 3], [6, 7, 8, 9, -10, 11]],
    ['a plane of the second example', { slice: { index: 0 }, example: 1 }, [2, 3], [12, 13, 14, -15, 16, 17]],
    ['a slice across the rows', { slice: { axis: 'row', index: 1 } }, [2, 3], [3, 4, -5, 9, -10, 11]],
    ['a slice across the columns', { slice: { axis: 'column', index: 2 } }, [2, 2], [2, -5, 8, 11]],
    ['by default the greatest magnitude along the depth', {}, [2, 3], [6, 7, 8, 9, -10, 11]],
    ['the greatest along the rows', { projection: { axis: 'row', by: 'max' } }, [2, 3], [3, 4, 2, 9, 7, 11]],
    ['the mean along the columns', { projection: { axis: 'column', by: 'mean' } }, [2, 2], [1, 2 / 3, 7, 10 / 3]],
    ['the sum along the depth', { projection: { by: 'sum' } }, [2, 3], [6, 8, 10, 12, -6, 6]],
  ])('%s', (_name, selection, shape, expected) => {
    const found = plane(cam, selection);
    expect(found.shape).toEqual(shape);
    found.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
  });

  test('an array is one of volumes where a slice or a projection is asked for, or by its five axes', () => {
    expect(plane(volume, { slice: { index: 1 } })).toEqual(plane(cam, { slice: { index: 1 } }));
    expect(plane(arrayOf([2, 2, 3], numbers.slice(0, 12)), { slice: { index: 1 } })).toEqual(
      plane(cam, { slice: { index: 1 } }),
    );
    const channels = arrayOf(
      [2, 2, 2, 3, 2],
      numbers.flatMap((value) => [2 * value, -value]),
    );
    expect(plane(channels)).toEqual(plane(cam));
    expect(plane(channels, { channels: 1, slice: { index: 0 } }).data).toEqual(
      numbers.slice(0, 6).map((value) => -value),
    );
    // Without either, four axes are those of pictures.
    expect(plane(volume).shape).toEqual([2, 2]);
  });

  test('heatmap, overlay and colorScale draw the same plane', () => {
    const slice = { axis: 'column', index: 2 } as const;
    const flat = arrayOf([2, 2], [2, -5, 8, 11]);
    expect(heatmap(cam, { slice })).toEqual(heatmap(flat));
    expect(colorScale(cam, { slice })).toEqual(colorScale(flat));
    const under = heatmap(arrayOf([2, 2], [1, 2, 3, 4]), { colormap: 'greys' });
    expect(overlay(under, cam, { slice })).toEqual(overlay(under, flat));
    // The default projection holds the greatest magnitude, so that its scale is one for all slices of an example.
    expect(colorScale(cam)).toMatchObject({ low: -11, high: 11 });
  });

  test.each<[string, MapSource, MapSelection, string]>([
    ['a slice beyond the volume', cam, { slice: { index: 2 } }, '"slice.index" expected an integer in 0..1, got 2'],
    ['an unknown axis', cam, { slice: { axis: 'rows' as 'row', index: 0 } }, '"slice.axis" expected one of row'],
    ['a number for a slice', cam, { slice: 3 as never }, '"slice" expected a plain object, got 3'],
    ['an unknown projection', cam, { projection: { by: 'min' as 'max' } }, '"projection.by" expected one of'],
    [
      'a slice of a plane',
      arrayOf([2, 3], numbers.slice(0, 6)),
      { slice: { index: 0 } },
      '"slice" expected a map of a volume or of frames, got shape [2, 3]',
    ],
    [
      'a slice of pictures',
      { values: volume },
      { slice: { index: 0 } },
      '"slice" expected a map of a volume or of frames, got shape [2, 2, 2, 3]',
    ],
  ])('%s is refused', (_name, map, selection, message) => {
    expect(() => heatmap(map, selection)).toThrow(message);
  });
});
