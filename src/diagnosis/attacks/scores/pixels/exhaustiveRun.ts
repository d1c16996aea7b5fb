import type { NdArray } from '../../../../numeric/ndarray.ts';
import { firstGreatest } from '../../../../numeric/statistics.ts';
import type { AttackBatch } from '../../field/attackBatch.ts';
import type { InputSpace } from '../../field/inputSpace.ts';
import { eachPicture, type PixelChange } from './candidateLosses.ts';

/** How many changes there are to try. */
export function exhaustiveCount([rows, columns, channels]: readonly [number, number, number]): number {
  return rows * columns * 2 ** channels;
}

/** Gives every pixel each corner of the space of colours, and finds the change that leads furthest. */
export async function exhaustiveRun(batch: AttackBatch): Promise<NdArray> {
  const corners = cornersOf(batch.space);
  return eachPicture(batch, async ({ size: [rows, columns], losses }) => {
    const changes = Array.from({ length: rows * columns * corners.length }, (_, i): PixelChange => {
      const place = Math.floor(i / corners.length);
      return {
        at: [[Math.floor(place / columns), place % columns]],
        colors: corners[i % corners.length] as Float32Array,
      };
    });
    const found = await losses(changes, batch.onStep);
    return changes[firstGreatest(found)] as PixelChange;
  });
}

/** The colours that have only least and greatest values. */
function cornersOf({ low, high }: InputSpace): readonly Float32Array[] {
  return Array.from({ length: 2 ** low.length }, (_, corner) =>
    low.map((least, channel) => ((corner >> channel) & 1 ? (high[channel] as number) : least)),
  );
}
