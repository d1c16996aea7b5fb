import { variance } from 'd3-array';
import { assertArray, assertFiniteArray, describe, perAxis } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';

type Numbers = NdArray<Float32Array | Float64Array>;

/** Where units respond and where landmarks are, on the same images. */
export interface LocationData {
  /** `[n, u, 2]`, row and column in pixels, as {@link peakPositions} gives them. */
  readonly positions: NdArray<Float32Array | Float64Array>;
  /** `[n, u]`: how much each unit responds there. */
  readonly scores: NdArray<Float32Array | Float64Array>;
  /** `[n, p, 2]`, row and column in pixels; NaN where a landmark is not visible. It may lie outside of the image. */
  readonly landmarks: NdArray<Float32Array | Float64Array>;
  /** Rows and columns of the images, in pixels. */
  readonly imageSize: readonly [rows: number, columns: number];
}

/** {@link LocationData}, checked. */
export interface Located {
  readonly images: number;
  readonly units: number;
  readonly landmarks: number;
  readonly imageSize: readonly [rows: number, columns: number];
  /** Of the images, in pixels; all distances are given in parts of it. */
  readonly diagonal: number;
  score(image: number, unit: number): number;
  position(image: number, unit: number): readonly [row: number, column: number];
  landmark(image: number, landmark: number): readonly [row: number, column: number];
  isVisible(image: number, landmark: number): boolean;
}

/** Checks that positions, scores and landmarks are of the same images and units, and finite. */
export function located(argument: string, data: LocationData): Located {
  object(argument, data);
  const { positions, scores, landmarks, imageSize } = data;
  assertArray('scores', scores, [2]);
  assertFiniteArray('scores', scores);
  const [images, units] = scores.shape as [number, number];
  assertShape('positions', positions, [images, units, 2]);
  assertFiniteArray('positions', positions);
  assertArray('landmarks', landmarks, [3]);
  const parts = landmarks.shape[1] as number;
  assertShape('landmarks', landmarks, [images, parts, 2]);
  assertLandmarks(landmarks);
  assertPair(imageSize);
  const size = perAxis('imageSize', imageSize, 1);
  const pair = (data: ArrayLike<number>, k: number): readonly [number, number] => [
    data[2 * k] as number,
    data[2 * k + 1] as number,
  ];
  return {
    images,
    units,
    landmarks: parts,
    imageSize: size,
    diagonal: Math.hypot(...size),
    score: (image, unit) => scores.data[image * units + unit] as number,
    position: (image, unit) => pair(positions.data, image * units + unit),
    landmark: (image, landmark) => pair(landmarks.data, image * parts + landmark),
    isVisible: (image, landmark) => !Number.isNaN(landmarks.data[2 * (image * parts + landmark)]),
  };
}

/** Refuses what is no size of images. */
export function assertPair(imageSize: readonly number[]): void {
  if (Array.isArray(imageSize)) return;
  throw new VitrineError('bad-argument', `"imageSize" expected [rows, columns], got ${describe(imageSize)}`);
}

/** Refuses an array of another shape. */
export function assertShape(argument: string, array: Numbers, expected: readonly number[]): void {
  assertArray(argument, array, [expected.length]);
  if (array.shape.every((length, axis) => length === expected[axis])) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected shape [${expected.join(', ')}], got [${array.shape.join(', ')}]`,
  );
}

function assertLandmarks({ shape, data }: Numbers): void {
  for (let k = 0; k < data.length; k += 2) {
    const [row, column] = [data[k] as number, data[k + 1] as number];
    if (Number.isFinite(row) && Number.isFinite(column)) continue;
    if (Number.isNaN(row) && Number.isNaN(column)) continue;
    const [image, landmark] = [Math.floor(k / 2 / (shape[1] as number)), (k / 2) % (shape[1] as number)];
    throw new VitrineError(
      'not-finite',
      `"landmarks" expected [row, column] or [NaN, NaN], got [${row}, ${column}] for landmark ${landmark} of image ${image}`,
    );
  }
}

/** Edges `[n, 4]` in pixels: top, left, bottom, right. Pixel i reaches from i − 0.5 to i + 0.5. */
export type BoxArray = NdArray<Float32Array | Float64Array>;

/** One box of several. */
export type Box = readonly [top: number, left: number, bottom: number, right: number];

/** The boxes one by one; refuses those with an edge before the opposite one. */
export function boxesOf(argument: string, boxes: BoxArray, count: number): readonly Box[] {
  assertShape(argument, boxes, [count, 4]);
  assertFiniteArray(argument, boxes);
  return Array.from({ length: count }, (_, i) => {
    const box = Array.from(boxes.data.subarray(4 * i, 4 * i + 4)) as unknown as Box;
    if (box[0] <= box[2] && box[1] <= box[3]) return box;
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected [top, left, bottom, right], got [${box.join(', ')}] at ${i}`,
    );
  });
}

/** The variance of some numbers with the divisor n − `ddof`; NaN where there are fewer than two. */
export function varianceOf(values: readonly number[], ddof: number): number {
  const count = values.length;
  if (count < 2) return Number.NaN;
  return ((variance(values) as number) * (count - 1)) / (count - ddof);
}

/** How far points lie apart: $\sqrt{\operatorname{tr} \operatorname{Cov}}$; NaN where there are fewer than two. */
export function spreadOf(points: readonly (readonly [row: number, column: number])[], ddof: number): number {
  const [rows, columns] = [points.map(([row]) => row), points.map(([, column]) => column)];
  return Math.sqrt(varianceOf(rows, ddof) + varianceOf(columns, ddof));
}

/** The mean of the numbers that are there; NaN where there are none. */
export function meanOfKnown(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}
