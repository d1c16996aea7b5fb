import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { perAxis } from '../../numeric/perAxis.ts';

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
export function located({ positions, scores, landmarks, imageSize }: LocationData): Located {
  assertArray('scores', scores, [2]);
  assertFiniteArray('scores', scores);
  const [images, units] = scores.shape as [number, number];
  assertShape('positions', positions, [images, units, 2]);
  assertFiniteArray('positions', positions);
  assertArray('landmarks', landmarks, [3]);
  const parts = landmarks.shape[1] as number;
  assertShape('landmarks', landmarks, [images, parts, 2]);
  assertLandmarks(landmarks);
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

/** Refuses an array of another shape. */
export function assertShape(argument: string, array: Numbers, expected: readonly number[]): void {
  assertArray(argument, array, [expected.length]);
  if (array.shape.every((length, axis) => length === expected[axis])) return;
  throw new RangeError(`"${argument}" expected shape [${expected.join(', ')}], got [${array.shape.join(', ')}]`);
}

function assertLandmarks({ shape, data }: Numbers): void {
  for (let k = 0; k < data.length; k += 2) {
    const [row, column] = [data[k] as number, data[k + 1] as number];
    if (Number.isFinite(row) && Number.isFinite(column)) continue;
    if (Number.isNaN(row) && Number.isNaN(column)) continue;
    const [image, landmark] = [Math.floor(k / 2 / (shape[1] as number)), (k / 2) % (shape[1] as number)];
    throw new RangeError(
      `"landmarks" expected [row, column] or [NaN, NaN], got [${row}, ${column}] for landmark ${landmark} of image ${image}`,
    );
  }
}
