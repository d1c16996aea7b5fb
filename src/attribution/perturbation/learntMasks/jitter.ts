import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../../numeric/random.ts';

/** Pictures `[b, h, w, c]` with a margin in which they can be moved to `places` places along each axis. */
export function withMargin(pictures: Tensor4D, places: number): Tensor4D {
  if (places <= 1) return pictures;
  const before = Math.floor(places / 2);
  const margin: [number, number] = [before, places - 1 - before];
  return tf.mirrorPad(pictures, [[0, 0], margin, margin, [0, 0]], 'symmetric');
}

/** A place along each axis for each picture. */
export function drawPlaces(sources: readonly Random[], places: number): readonly [number, number][] {
  return sources.map((source) => (places <= 1 ? [0, 0] : [source.integer(places), source.integer(places)]));
}

/** The part of each picture that is seen when it is moved to a place. */
export function moved(
  pictures: Tensor4D,
  places: readonly (readonly [number, number])[],
  [rows, columns]: readonly [number, number],
): Tensor4D {
  if (pictures.shape[1] === rows) return pictures;
  return tf.concat(
    places.map(([row, column], i) => tf.slice(pictures, [i, row, column, 0], [1, rows, columns, -1])),
    0,
  );
}
