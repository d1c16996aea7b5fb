import type { NdArray } from '../../src/numeric/ndarray.ts';

/** One example of a layer as a plane of each channel, `[c][h · w]`. */
export function planesOf({ shape, data }: NdArray, example: number): number[][] {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const places = rows * columns;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: places }, (__, place) => data[(example * places + place) * channels + channel] as number),
  );
}

/** The planes with a weight each, added up. */
export function weightedPlanes(planes: readonly (readonly number[])[], weights: readonly number[]): number[] {
  return (planes[0] as readonly number[]).map((_, place) =>
    planes.reduce((sum, plane, channel) => sum + (weights[channel] as number) * (plane[place] as number), 0),
  );
}

/** Bilinear resizing between the centres of pixels. */
export function resizedPlane(
  plane: readonly number[],
  from: readonly [number, number],
  to: readonly [number, number],
): number[] {
  const along = (position: number, axis: 0 | 1): readonly [number, number, number] => {
    const centre = ((position + 0.5) * from[axis]) / to[axis] - 0.5;
    const inside = Math.min(Math.max(centre, 0), from[axis] - 1);
    const low = Math.floor(inside);
    return [low, Math.min(low + 1, from[axis] - 1), inside - low];
  };
  const value = (row: number, column: number): number => plane[row * from[1] + column] as number;
  return Array.from({ length: to[0] * to[1] }, (_, i) => {
    const [top, bottom, down] = along(Math.floor(i / to[1]), 0);
    const [left, right, across] = along(i % to[1], 1);
    const between = (row: number): number => (1 - across) * value(row, left) + across * value(row, right);
    return (1 - down) * between(top) + down * between(bottom);
  });
}

/** From 0 to 1; zeros where all are equal. */
export function rescaled(plane: readonly number[]): number[] {
  const [low, high] = [Math.min(...plane), Math.max(...plane)];
  return plane.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

/** Mean and (biased) variance. */
export function momentsOf(plane: readonly number[]): { mean: number; variance: number } {
  const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
  return { mean, variance: plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plane.length };
}

/** Shares that grow with the exponentials of some scores. */
export function softmax(scores: readonly number[]): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
