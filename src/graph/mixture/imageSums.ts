import type { Densities } from './densities.ts';
import type { Responses } from './responses.ts';

/** Of each node on one image, sums of $F r$ times 1, the pixel's row, its column, and its squared distance from (0, 0). */
export interface ImageSums {
  readonly mass: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly squares: Float64Array;
  /** The same of one row, before the factors that all of a row have in common. */
  readonly row: { readonly mass: Float64Array; readonly columns: Float64Array; readonly squares: Float64Array };
}

/** Room for the sums of a number of nodes. */
export function imageSums(nodes: number): ImageSums {
  const zeros = (): Float64Array => new Float64Array(nodes);
  const row = { mass: zeros(), columns: zeros(), squares: zeros() };
  return { mass: zeros(), rows: zeros(), columns: zeros(), squares: zeros(), row };
}

/** Makes the sums of an image, and returns its log-likelihood. The innermost loops of all: no calls, no objects. */
export function addResponses(
  sums: ImageSums,
  { starts, rows, columns, values, columnPixels, rowPixels }: Responses,
  { densities, noneDensity, image }: { densities: Densities; noneDensity: number; image: number },
): number {
  const { alongRows, alongColumns } = densities;
  const { mass, columns: across, squares } = sums.row;
  const nodes = mass.length;
  for (const array of [sums.mass, sums.rows, sums.columns, sums.squares]) array.fill(0);
  let [logLikelihood, total] = [0, 0];
  const end = starts[image + 1] as number;
  for (let k = starts[image] as number; k < end; ) {
    const row = rows[k] as number;
    const rowStart = row * nodes;
    mass.fill(0);
    across.fill(0);
    squares.fill(0);
    for (; k < end && rows[k] === row; k++) {
      const column = columns[k] as number;
      const columnStart = column * nodes;
      const value = values[k] as number;
      let density = noneDensity;
      for (let node = 0; node < nodes; node++) {
        density += (alongRows[rowStart + node] as number) * (alongColumns[columnStart + node] as number);
      }
      logLikelihood += value * Math.log(density);
      total += value;
      const factor = value / density;
      const pixel = columnPixels[column] as number;
      for (let node = 0; node < nodes; node++) {
        const weight = factor * (alongColumns[columnStart + node] as number);
        const moment = weight * pixel;
        mass[node] = (mass[node] as number) + weight;
        across[node] = (across[node] as number) + moment;
        squares[node] = (squares[node] as number) + moment * pixel;
      }
    }
    addRow(sums, { alongRows, rowStart, pixel: rowPixels[row] as number });
  }
  return logLikelihood - total * Math.log(nodes + 1);
}

/** Adds a row, with the density along rows as the factor. */
function addRow(
  { mass, rows, columns, squares, row }: ImageSums,
  { alongRows, rowStart, pixel }: { alongRows: Float64Array; rowStart: number; pixel: number },
): void {
  for (let node = 0; node < mass.length; node++) {
    const factor = alongRows[rowStart + node] as number;
    const own = factor * (row.mass[node] as number);
    mass[node] = (mass[node] as number) + own;
    rows[node] = (rows[node] as number) + own * pixel;
    columns[node] = (columns[node] as number) + factor * (row.columns[node] as number);
    squares[node] = (squares[node] as number) + own * pixel * pixel + factor * (row.squares[node] as number);
  }
}
