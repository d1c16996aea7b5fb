import * as tf from '@tensorflow/tfjs-core';
import type { Change } from '../../network/incremental/change.ts';
import { type Rectangle, type Windows, windowsAround } from '../../network/incremental/windows.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { sizeOf } from '../../numeric/shape.ts';

/** An input of which parts can be covered. */
export interface CoverableInput {
  readonly shown: NdArray;
  /** What it looks like where it is covered, in the same shape. */
  readonly hidden: NdArray;
  /** The rows and columns of an image; the steps of a sequence, the elements of a vector lie in one row. */
  readonly plane: readonly [rows: number, columns: number];
  /** The values at a position of the plane. */
  readonly channels: number;
}

/** A part of a plane: a rectangle, or the positions `row · columns + column` of it that belong to the part. */
export interface Part extends Rectangle {
  readonly has?: (position: number) => boolean;
}

/** An image by rows and columns, any other input as one row with that many values at a position. */
export function coverableInput(shown: NdArray, hidden: NdArray, channels: number): CoverableInput {
  const { shape } = shown;
  const plane =
    shape.length === 4 ? ([shape[1], shape[2]] as [number, number]) : ([1, sizeOf(shape.slice(1)) / channels] as const);
  return { shown, hidden, plane, channels };
}

/** One example with a part covered in each row: of images the changed windows alone, of other inputs all of it. */
export function coveredParts(input: CoverableInput, parts: readonly Part[], example: number): Change {
  const { shown, plane, channels } = input;
  const isImage = shown.shape.length === 4;
  const windows = isImage
    ? (windowsAround(parts, plane) as Windows)
    : { at: parts.map(() => [0, 0] as const), size: plane };
  const data = coveredValues(input, { parts, windows, example });
  const { at, size } = windows;
  if (!isImage) return tf.tensor(data, [parts.length, ...shown.shape.slice(1)]);
  return { tensor: tf.tensor4d(data, [parts.length, ...size, channels]), at };
}

function coveredValues(
  { shown, hidden, plane: [rows, columns], channels }: CoverableInput,
  { parts, windows, example }: { parts: readonly Part[]; windows: Windows; example: number },
): Float32Array {
  const { at, size } = windows;
  const data = new Float32Array(parts.length * size[0] * size[1] * channels);
  let next = 0;
  parts.forEach((part, i) => {
    const [top, left] = at[i] as readonly [number, number];
    for (let row = top; row < top + size[0]; row++) {
      for (let column = left; column < left + size[1]; column++) {
        const position = row * columns + column;
        const { data: values } = isIn(part, row, column) && (part.has?.(position) ?? true) ? hidden : shown;
        const from = (example * rows * columns + position) * channels;
        for (let channel = 0; channel < channels; channel++) data[next++] = values[from + channel] as number;
      }
    }
  });
  return data;
}

function isIn({ rows, columns }: Rectangle, row: number, column: number): boolean {
  return row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1];
}
