import type { Sliced } from '../../numeric/sliced.ts';
import { type Densities, densitiesFor, fillDensities, type Mixture } from './densities.ts';
import type { Responses } from './responses.ts';

/** What an expectation step sums up, weighted by $F(x)\,P(V|x)$. */
export interface Expectation {
  /** $\sum_I \sum_x F(x) \log \sum_V P(V) P(p_x|V)$. */
  readonly logLikelihood: number;
  /** $\sum F r$ of each node. */
  readonly mass: Float64Array;
  /** $\sum F r (p - \mu - \text{shift})$, `[nodes, 2]`. */
  readonly offsets: Float64Array;
  /** $\sum F r \lVert p - \mu - \text{shift} \rVert^2$. */
  readonly squares: Float64Array;
}

/** About how many operations a positive value takes for each node. */
const RESPONSE = 10;

/** One expectation step over all images: who explains what, and how well (§1.2: equal priors of the nodes and of none). */
export function* expectation(responses: Responses, mixture: Mixture): Sliced<Expectation> {
  const nodes = mixture.variances.length;
  const densities = densitiesFor(responses, nodes);
  const sums = imageSums(nodes);
  const [mass, offsets, squares] = [new Float64Array(nodes), new Float64Array(2 * nodes), new Float64Array(nodes)];
  let logLikelihood = 0;
  for (let image = 0; image < responses.images; image++) {
    if (responses.starts[image] === responses.starts[image + 1]) continue;
    fillDensities(densities, responses, mixture, image);
    yield RESPONSE * nodes * ((responses.starts[image + 1] as number) - (responses.starts[image] as number));
    logLikelihood += addResponses(sums, responses, { densities, noneDensity: mixture.noneDensity, image });
    for (let node = 0; node < nodes; node++) {
      const [row, column] = expectedOf(densities, node);
      const own = sums.mass[node] as number;
      const [rowSum, columnSum] = [sums.rows[node] as number, sums.columns[node] as number];
      mass[node] = (mass[node] as number) + own;
      offsets[2 * node] = (offsets[2 * node] as number) + rowSum - own * row;
      offsets[2 * node + 1] = (offsets[2 * node + 1] as number) + columnSum - own * column;
      const cross = 2 * (row * rowSum + column * columnSum);
      squares[node] =
        (squares[node] as number) + (sums.squares[node] as number) - cross + own * (row * row + column * column);
    }
  }
  return { logLikelihood, mass, offsets, squares };
}

function expectedOf({ expected }: Densities, node: number): [row: number, column: number] {
  return [expected[2 * node] as number, expected[2 * node + 1] as number];
}

/** Of each node on one image, sums of $F r$ times 1, the pixel's row, its column, and its squared distance from (0, 0). */
interface ImageSums {
  readonly mass: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly squares: Float64Array;
  /** The same of one row, before the factors that all of a row have in common. */
  readonly row: { readonly mass: Float64Array; readonly columns: Float64Array; readonly squares: Float64Array };
}

/** Room for the sums of a number of nodes. */
function imageSums(nodes: number): ImageSums {
  const zeros = (): Float64Array => new Float64Array(nodes);
  const row = { mass: zeros(), columns: zeros(), squares: zeros() };
  return { mass: zeros(), rows: zeros(), columns: zeros(), squares: zeros(), row };
}

/** Makes the sums of an image, and returns its log-likelihood. The innermost loops of all: no calls, no objects. */
function addResponses(
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
