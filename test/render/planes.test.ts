import { describe, expect, test } from 'vitest';
import type { MapArray } from '../../src/image/types.ts';
import { random } from '../../src/numeric/random.ts';
import { colorScale } from '../../src/render/drawing/colorScale.ts';
import { mapPlane } from '../../src/render/drawing/mapPlane.ts';
import type { VolumeAxis, VolumeProjection } from '../../src/render/drawing/volumePlane.ts';

const [count, depth, height, width, channels] = [2, 3, 4, 5, 2];
const axes: readonly VolumeAxis[] = ['depth', 'row', 'column'];

function drawn(shape: readonly number[]): MapArray {
  const { normal } = random(shape.length);
  const length = shape.reduce((product, axis) => product * axis, 1);
  return { shape: [...shape], data: Float32Array.from({ length }, () => normal()) };
}

const volumes = drawn([count, depth, height, width, channels]);

/** A number of the volumes, its channels summed up in 32-bit floats. */
function at(example: number, place: readonly [number, number, number]): number {
  const start = (((example * depth + place[0]) * height + place[1]) * width + place[2]) * channels;
  return Math.fround((volumes.data[start] as number) + (volumes.data[start + 1] as number));
}

const ways: Readonly<Record<VolumeProjection['by'] & string, (values: readonly number[]) => number>> = {
  maxAbs: (values) => [...values].sort((a, b) => Math.abs(b) - Math.abs(a))[0] as number,
  max: (values) => [...values].sort((a, b) => b - a)[0] as number,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

/** All places of the plane across an axis, with what lies along it. */
function lines(axis: 0 | 1 | 2, example: number): readonly (readonly number[])[] {
  const size = [depth, height, width] as const;
  const [first, second] = ([0, 1, 2] as const).filter((other) => other !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const found: number[][] = [];
  for (let i = 0; i < size[first]; i++) {
    for (let j = 0; j < size[second]; j++) {
      found.push(
        Array.from({ length: size[axis] }, (_, k) => {
          const place: [number, number, number] = [0, 0, 0];
          place[first] = i;
          place[second] = j;
          place[axis] = k;
          return at(example, place);
        }),
      );
    }
  }
  return found;
}

describe.each(axes)('across the axis %s', (axis) => {
  const number = axes.indexOf(axis) as 0 | 1 | 2;
  const shape = [depth, height, width].filter((_, other) => other !== number);

  test('a slice is what has its index', () => {
    const plane = mapPlane(volumes, { example: 1, slice: { axis, index: 2 } });
    expect(plane.shape).toEqual(shape);
    expect([...plane.data]).toEqual(lines(number, 1).map((line) => line[2]));
  });

  test.each(Object.keys(ways) as (keyof typeof ways)[])('a projection by %s is that of each line', (by) => {
    const plane = mapPlane(volumes, { projection: { axis, by } });
    expect(plane.shape).toEqual(shape);
    lines(number, 0).forEach((line, place) => {
      expect(plane.data[place]).toBeCloseTo(ways[by](line), 6);
    });
  });
});

test('nothing said, it is the number of the greatest magnitude along the depth, of the first example', () => {
  expect(mapPlane(volumes, {})).toEqual(mapPlane(volumes, { example: 0, projection: { axis: 'depth', by: 'maxAbs' } }));
});

test('one channel of a map, or all of them reduced', () => {
  const map = drawn([count, height, width, channels]);
  const own = mapPlane(map, { example: 1, channels: 1 });
  own.data.forEach((value, i) => {
    expect(value).toBe(map.data[(height * width + i) * channels + 1]);
  });
  const largest = mapPlane(map, { channels: 'maxAbs' });
  largest.data.forEach((value, i) => {
    const [a, b] = [map.data[2 * i] as number, map.data[2 * i + 1] as number];
    expect(value).toBe(Math.max(Math.abs(a), Math.abs(b)));
  });
});

test.each([
  [{ slice: { axis: 'depth', index: 3 } }, '"slice.index" expected an integer in 0..2, got 3'],
  [{ slice: { axis: 'z', index: 0 } }, '"slice.axis" expected one of '],
  [{ slice: { plane: 0 } }, '"slice" expected one of axis, index, got "plane"'],
  [{ projection: { by: 'median' } }, '"projection.by" expected one of '],
  [{ projection: { along: 'row' } }, '"projection" expected one of axis, by, got "along"'],
])('%j is refused', (view, message) => {
  expect(() => colorScale(volumes, view as never)).toThrow(message);
});
