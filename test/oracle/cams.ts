import type { NdArray } from '../../src/numeric/ndarray.ts';

/** One example of a layer as a plane of each channel, `[c][h · w]`. */
export function planesOf({ shape, data }: NdArray, example: number): number[][] {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const places = rows * columns;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: places }, (__, place) => data[(example * places + place) * channels + channel] as number),
  );
}

/** One example of a layer with places of any kind as a list of each channel, `[c][places]`. */
export function channelsOf({ shape, data }: NdArray, example: number): number[][] {
  const channels = shape.at(-1) as number;
  const places = data.length / channels / (shape[0] as number);
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: places }, (__, place) => data[(example * places + place) * channels + channel] as number),
  );
}

/** The maps that the papers define of activations A and gradients g, `[c][places]` each, before rectification. */
export const camFormulas: Readonly<Record<string, (A: number[][], g: number[][]) => number[]>> = {
  gradCam: (A, g) => weightedPlanes(A, g.map(meanOf)),
  gradCamPlusPlus: (A, g) =>
    weightedPlanes(
      A,
      g.map((own, k) => {
        const total = sumOf(A[k] as number[]);
        const alpha = own.map((value) => value ** 2 / (2 * value ** 2 + value ** 3 * total + 1e-6));
        return sumOf(own.map((value, p) => (alpha[p] as number) * Math.max(value, 0)));
      }),
    ),
  hiResCam: (A, g) => overChannels(A, g, (a, slope) => a * slope),
  xGradCam: (A, g) =>
    weightedPlanes(
      A,
      A.map((own, k) => sumOf(own.map((a, p) => a * (g[k]?.[p] ?? 0))) / (sumOf(own) + 1e-7)),
    ),
  layerCam: (A, g) => overChannels(A, g, (a, slope) => a * Math.max(slope, 0)),
  elementWiseCam: (A, g) => overChannels(A, g, (a, slope) => Math.max(a * slope, 0)),
  femCam: (A) => {
    const moments = A.map(momentsOf);
    return overChannels(A, A, (a, _, k) => {
      const { mean, variance } = moments[k] as { mean: number; variance: number };
      return a > mean + 2 * Math.sqrt(variance) ? mean : 0;
    });
  },
};

function overChannels(
  A: number[][],
  g: number[][],
  term: (a: number, slope: number, channel: number) => number,
): number[] {
  return (A[0] as number[]).map((_, p) => sumOf(A.map((own, k) => term(own[p] as number, g[k]?.[p] as number, k))));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/** Linear resizing along each axis between the centres of pixels, one output after the other. */
export function resizedPlaces(values: readonly number[], from: readonly number[], to: readonly number[]): number[] {
  const total = to.reduce((product, length) => product * length, 1);
  return Array.from({ length: total }, (_, i) => {
    let rest = i;
    let corners: { at: number; weight: number }[] = [{ at: 0, weight: 1 }];
    let stride = 1;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const [length, wanted] = [from[axis] as number, to[axis] as number];
      const centre = Math.min(Math.max((((rest % wanted) + 0.5) * length) / wanted - 0.5, 0), length - 1);
      rest = Math.floor(rest / wanted);
      const low = Math.min(Math.floor(centre), Math.max(0, length - 2));
      const step = stride;
      corners = corners.flatMap(({ at, weight }) => [
        { at: at + low * step, weight: weight * (1 - (centre - low)) },
        { at: at + Math.min(low + 1, length - 1) * step, weight: weight * (centre - low) },
      ]);
      stride *= length;
    }
    return sumOf(corners.map(({ at, weight }) => weight * (values[at] as number)));
  });
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
