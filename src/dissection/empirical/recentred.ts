import type { NdArray } from '../../numeric/ndarray.ts';
import { axesOf } from '../masks/axes.ts';
import { upsampled } from '../masks/upsampled.ts';
import type { Occluders } from './discrepancy.ts';

type Pair = readonly [rows: number, columns: number];

/** Maps of discrepancy with what each is about: the centre of the field of a position. */
export interface CentredMap {
  /** `[grid rows, grid columns]`, not negative. */
  readonly map: NdArray;
  readonly centre: Pair;
}

/**
 * The mean of maps at all pixels, each moved so that its centre is that of the image; 0 where no image reaches. A map is
 * interpolated bilinearly between the centres of occluders.
 */
export function recentred(
  maps: readonly CentredMap[],
  [rows, columns]: Pair,
  occluders: Pick<Occluders, 'side' | 'stride'>,
): NdArray {
  const sums = new Float64Array(rows * columns);
  const counts = new Int32Array(rows * columns);
  for (const { map, centre } of maps) {
    const dense = denseOf(map, [rows, columns], occluders);
    const [down, right] = [Math.round((rows - 1) / 2 - centre[0]), Math.round((columns - 1) / 2 - centre[1])];
    for (let row = Math.max(0, down); row < Math.min(rows, rows + down); row++) {
      for (let column = Math.max(0, right); column < Math.min(columns, columns + right); column++) {
        const place = row * columns + column;
        sums[place] = (sums[place] as number) + (dense[(row - down) * columns + column - right] as number);
        counts[place] = (counts[place] as number) + 1;
      }
    }
  }
  return { shape: [rows, columns], data: Float32Array.from(sums, (sum, i) => sum / Math.max(1, counts[i] as number)) };
}

function denseOf(
  { shape, data }: NdArray,
  pixels: Pair,
  { side, stride }: Pick<Occluders, 'side' | 'stride'>,
): Float64Array {
  const placement = { centre: (side - 1) / 2, jump: stride, imageSize: pixels };
  const [rows, columns] = shape as [number, number];
  return upsampled({ shape: [rows, columns, 1], data }, axesOf(placement, [rows, columns], pixels)).data;
}
