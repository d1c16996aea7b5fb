import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';

/** The pixels of a region, as indices in row-major order. */
export type Region = readonly number[];

/** The segments of a label map, each grown by a disk of a radius in pixels, so that they overlap. */
export function* regionsOf(
  labels: Int32Array,
  { height, width, radius }: { readonly height: number; readonly width: number; readonly radius: number },
): Sliced<readonly Region[]> {
  // No pixel is farther away.
  const disk = diskOf(Math.min(radius, Math.hypot(height, width)));
  const regions: number[][] = Array.from(
    { length: labels.reduce((most, label) => Math.max(most, label), 0) + 1 },
    () => [],
  );
  // The last pixel that each region was given, so that none is given twice.
  const last = new Int32Array(regions.length).fill(-1);
  yield* forEachOf(height, 8 * width * disk.length, (row) => {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      for (const [down, right] of disk) {
        const [r, c] = [row + down, column + right];
        if (r < 0 || r >= height || c < 0 || c >= width) continue;
        const label = labels[r * width + c] as number;
        if (last[label] === pixel) continue;
        last[label] = pixel;
        regions[label]?.push(pixel);
      }
    }
  });
  return regions.filter(({ length }) => length > 0);
}

function diskOf(radius: number): readonly (readonly [number, number])[] {
  const reach = Math.floor(radius);
  const offsets = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return offsets.flatMap((down) =>
    offsets.filter((right) => down ** 2 + right ** 2 <= radius ** 2).map((right) => [down, right] as const),
  );
}
