import * as tf from '@tensorflow/tfjs-core';
import type { Change } from '../../../network/incremental/change.ts';
import type { Span } from '../../../network/incremental/reading.ts';
import { type Windows, windowsAround } from '../../../network/incremental/windows.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { type Box, boxRows, volumeOf, wholeOf } from '../../../scoring/boxes.ts';
import { isPlaced } from '../../../scoring/placedInput.ts';

/** An input of which parts can be covered. */
export interface CoverableInput {
  readonly shown: NdArray;
  /** What it looks like where it is covered, in the same shape. */
  readonly hidden: NdArray;
  /** The axes of its places: of an image or a volume its own; the steps of a sequence, the elements of a vector lie in one row. */
  readonly lengths: readonly number[];
  /** The values at a place. */
  readonly channels: number;
}

/** A part of an input: a box, or the places of it that belong to the part. */
export interface Part {
  readonly box: Box;
  readonly has?: (place: number) => boolean;
}

/** An image or a volume by its axes, any other input as one row with that many values at a place. */
export function coverableInput(shown: NdArray, hidden: NdArray, channels: number): CoverableInput {
  const { shape } = shown;
  const lengths = isPlaced(shape) ? shape.slice(1, -1) : [1, sizeOf(shape.slice(1)) / channels];
  return { shown, hidden, lengths, channels };
}

/** One example with a part covered in each row: of images the changed windows alone, of other inputs all of it. */
export function coveredParts(input: CoverableInput, parts: readonly Part[], example: number): Change {
  const { shown, lengths, channels } = input;
  if (shown.shape.length !== 4) {
    const data = coveredValues(input, { parts, windows: parts.map(() => wholeOf(lengths)), example });
    return tf.tensor(data, [parts.length, ...shown.shape.slice(1)]);
  }
  const rectangles = parts.map(({ box: [rows, columns] }) => ({ rows: rows as Span, columns: columns as Span }));
  const { at, size } = windowsAround(rectangles, lengths as readonly [number, number]) as Windows;
  const windows = at.map((start) => start.map((first, axis) => [first, first + (size[axis] as number)] as const));
  const data = coveredValues(input, { parts, windows, example });
  return { tensor: tf.tensor4d(data, [parts.length, ...size, channels]), at };
}

/** The values of each window, one part covered in each. */
function coveredValues(
  { shown, hidden, lengths, channels }: CoverableInput,
  { parts, windows, example }: { parts: readonly Part[]; windows: readonly Box[]; example: number },
): Float32Array {
  const data = new Float32Array(windows.reduce((sum, window) => sum + volumeOf(window), 0) * channels);
  const first = example * sizeOf(lengths);
  let next = 0;
  parts.forEach(({ box, has }, i) => {
    const window = windows[i] as Box;
    const [left] = window.at(-1) as Span;
    const [start, end] = box.at(-1) as Span;
    for (const { from, to, at } of boxRows(window, lengths)) {
      const isRow = isIn(at, box);
      for (let place = from; place < to; place++) {
        const column = left + place - from;
        const isCovered = isRow && column >= start && column < end && (has?.(place) ?? true);
        const { data: values } = isCovered ? hidden : shown;
        const at = (first + place) * channels;
        for (let channel = 0; channel < channels; channel++) data[next++] = values[at + channel] as number;
      }
    }
  });
  return data;
}

function isIn(at: readonly number[], box: Box): boolean {
  return at.every((index, axis) => {
    const [start, end] = box[axis] as Span;
    return index >= start && index < end;
  });
}
