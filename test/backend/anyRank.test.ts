import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { divNoNan, pad, reverse, where } from '../../src/backend/portable.ts';
import { sizeOf } from '../../src/numeric/ndarray.ts';

// Ranks 2 to 6; the values of each place are told by loops over places.
const shapes = [
  [2, 3],
  [2, 3, 2],
  [2, 1, 3, 2],
  [2, 3, 1, 2, 2],
  [1, 2, 3, 2, 1, 2],
];

const valueAt = (i: number): number => Math.sin(i + 1);
const filled = (shape: readonly number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => valueAt(i)),
    [...shape],
  );

/** The number of an element, or nothing where the place is none. */
function numberOf(place: readonly number[], shape: readonly number[]): number | undefined {
  if (!place.every((at, axis) => at >= 0 && at < (shape[axis] as number))) return undefined;
  return place.reduce((number, at, axis) => number * (shape[axis] as number) + at, 0);
}

function placesOf(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (places, length) => places.flatMap((place) => Array.from({ length }, (_, at) => [...place, at])),
    [[]],
  );
}

async function expectValues(made: tf.Tensor, shape: readonly number[], at: (place: readonly number[]) => number) {
  expect(made.shape).toEqual(shape);
  const values = await made.data();
  made.dispose();
  placesOf(shape).forEach((place, i) => expect(values[i], String(place)).toBeCloseTo(at(place), 6));
}

test.each(shapes.map((shape) => [shape]))('pads %j', async (shape) => {
  const paddings = shape.map((_, axis) => [axis % 2, (axis + 1) % 3] as const);
  const larger = shape.map((length, axis) => length + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  await expectValues(
    tf.tidy(() => pad(filled(shape), paddings, -2)),
    larger,
    (place) => {
      const number = numberOf(
        place.map((at, axis) => at - (paddings[axis]?.[0] ?? 0)),
        shape,
      );
      return number === undefined ? -2 : valueAt(number);
    },
  );
});

test.each(shapes.map((shape) => [shape]))('reverses %j', async (shape) => {
  const axes = shape.length > 2 ? [1, shape.length - 1] : [1];
  await expectValues(
    tf.tidy(() => reverse(filled(shape), axes)),
    shape,
    (place) => {
      const turned = place.map((at, axis) => (axes.includes(axis) ? (shape[axis] as number) - 1 - at : at));
      return valueAt(numberOf(turned, shape) as number);
    },
  );
});

test.each(shapes.map((shape) => [shape]))('selects and divides %j, and a row of it', async (shape) => {
  const isKept = (i: number): boolean => valueAt(i) > 0;
  await expectValues(
    tf.tidy(() => where(tf.greater(filled(shape), 0), filled(shape), tf.fill([...shape], 5))),
    shape,
    (place) => (isKept(numberOf(place, shape) as number) ? valueAt(numberOf(place, shape) as number) : 5),
  );
  const row = [...shape.slice(0, -1).map(() => 1), shape.at(-1) as number];
  await expectValues(
    tf.tidy(() => divNoNan(filled(shape), tf.relu(tf.sub(filled(row), 0.5)))),
    shape,
    (place) => {
      const divisor = Math.max(Math.fround(valueAt(place.at(-1) as number)) - 0.5, 0);
      return divisor === 0 ? 0 : valueAt(numberOf(place, shape) as number) / divisor;
    },
  );
});

test('what is padded by nothing is a tensor of its own', () => {
  tf.tidy(() => {
    for (const shape of shapes) {
      const x = filled(shape);
      const same = pad(
        x,
        shape.map(() => [0, 0] as const),
      );
      x.dispose();
      expect(same.isDisposed).toBe(false);
    }
  });
});
