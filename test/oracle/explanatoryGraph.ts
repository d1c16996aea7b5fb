import type { NdArray } from '../../src/numeric/ndarray.ts';

/** The deviation over images of the distance between found positions and a landmark, as a share of the diagonal. */
export function plainInstability(
  found: readonly (readonly [number, number])[],
  landmark: readonly (readonly [number, number])[],
  diagonal: number,
): number {
  const distances = found.map(
    ([row, column], i) =>
      Math.hypot(row - (landmark[i]?.[0] as number), column - (landmark[i]?.[1] as number)) / diagonal,
  );
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const squares = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0);
  return Math.sqrt(squares / (distances.length - 1));
}

/** The pixel of the greatest activation of a unit on each image. */
export function plainPeaks(
  { activations, centre, jump }: { activations: NdArray; centre: readonly number[]; jump: readonly number[] },
  unit: number,
): readonly (readonly [number, number])[] {
  const [images, height, width, units] = activations.shape as [number, number, number, number];
  return Array.from({ length: images }, (_, image) => {
    let best: readonly [number, number, number] = [Number.NEGATIVE_INFINITY, 0, 0];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const value = activations.data[((image * height + row) * width + column) * units + unit] as number;
        if (value > best[0]) best = [value, row, column];
      }
    }
    const [, row, column] = best;
    return [
      (centre[0] as number) + (jump[0] as number) * row,
      (centre[1] as number) + (jump[1] as number) * column,
    ] as const;
  });
}
