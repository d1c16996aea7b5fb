import { type LayerGrid, pixelsAlong } from '../../readings/placement.ts';

/** What is positive in the maps of one filter on several images, image by image in row-major order. */
export interface Responses {
  readonly grid: LayerGrid;
  readonly images: number;
  /** Where the positive values of image i begin, and after the last where they end. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** $F(x) = \max(f_x, 0)$, the positive ones. */
  readonly values: Float64Array;
  /** The pixels of the rows, and of the columns. */
  readonly rowPixels: Float64Array;
  readonly columnPixels: Float64Array;
}

/** The positive values of the maps of a filter, of which `maps` holds `images` one after the other. */
export function responsesOf(maps: ArrayLike<number>, images: number, grid: LayerGrid): Responses {
  const [height, width] = grid.size;
  let count = 0;
  for (let k = 0; k < maps.length; k++) if ((maps[k] as number) > 0) count++;
  const starts = new Int32Array(images + 1);
  const [rows, columns, values] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
  let next = 0;
  for (let k = 0; k < maps.length; k++) {
    const value = maps[k] as number;
    if (!(value > 0)) continue;
    const place = k % (height * width);
    rows[next] = Math.floor(place / width);
    columns[next] = place % width;
    values[next++] = value;
    starts[(k - place) / (height * width) + 1] = next;
  }
  // An image without positive values ends where the one before it does.
  for (let image = 1; image <= images; image++) {
    starts[image] = Math.max(starts[image] as number, starts[image - 1] as number);
  }
  const [rowPixels, columnPixels] = [pixelsAlong(grid, 0), pixelsAlong(grid, 1)];
  return { grid, images, starts, rows, columns, values, rowPixels, columnPixels };
}
