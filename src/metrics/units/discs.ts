import type { SourceLayer } from '../../readings/mapSource.ts';
import { pixelsAlong } from '../../readings/placement.ts';

/** Finds the union of discs, one for each position of a layer that counts. */
export type Discs = (positions: readonly number[]) => Int32Array;

/**
 * Closed discs of a radius around the positions of a layer: those pixels of the image whose centres lie in one of them.
 * The array that is returned is used again by the next call.
 */
export function discs(layer: SourceLayer, radius: number, [height, width]: readonly [number, number]): Discs {
  const [rows, columns] = [pixelsAlong(layer, 0), pixelsAlong(layer, 1)];
  const marked = new Int32Array(height * width);
  const found = new Int32Array(height * width);
  let call = 0;
  return (positions) => {
    call++;
    let count = 0;
    for (const position of positions) {
      const row = rows[Math.floor(position / layer.size[1])] as number;
      const column = columns[position % layer.size[1]] as number;
      for (let y = Math.max(Math.ceil(row - radius), 0); y <= Math.min(row + radius, height - 1); y++) {
        for (let x = Math.max(Math.ceil(column - radius), 0); x <= Math.min(column + radius, width - 1); x++) {
          const pixel = y * width + x;
          if (marked[pixel] === call || (y - row) ** 2 + (x - column) ** 2 > radius * radius) continue;
          marked[pixel] = call;
          found[count++] = pixel;
        }
      }
    }
    return found.subarray(0, count);
  };
}
