import { densitiesFor, fillDensities } from './densities.ts';
import { expectedAt, type Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';

/** What an expectation step sums up, weighted by $F(x)\,P(V|x)$. */
export interface Expectation {
  /** $\sum_I \sum_x F(x) \log \sum_V P(V) P(p_x|V)$. */
  readonly logLikelihood: number;
  /** $\sum F r$ of each node. */
  readonly mass: Float64Array;
  /** $\sum F r (p - \text{shift})$, `[nodes, 2]`. */
  readonly sums: Float64Array;
  /** $\sum F r \lVert p - \mu - \text{shift} \rVert^2$. */
  readonly squares: Float64Array;
}

/** One expectation step over all images: who explains what, and how well (§1.2: equal priors of the nodes and of none). */
export function expectation(responses: Responses, mixture: Mixture): Expectation {
  const nodes = mixture.variances.length;
  const { images, starts, rows, columns, values, rowPixels, columnPixels } = responses;
  const densities = densitiesFor(responses, nodes);
  const { alongRows, alongColumns } = densities;
  const [mass, sums, squares] = [new Float64Array(nodes), new Float64Array(2 * nodes), new Float64Array(nodes)];
  const share = new Float64Array(nodes);
  const own = { mass: new Float64Array(nodes), rows: new Float64Array(nodes), columns: new Float64Array(nodes) };
  const ownSquares = new Float64Array(nodes);
  let logLikelihood = 0;
  let total = 0;
  for (let image = 0; image < images; image++) {
    const [start, end] = [starts[image] as number, starts[image + 1] as number];
    if (start === end) continue;
    fillDensities(densities, { responses, mixture, image });
    for (const array of [own.mass, own.rows, own.columns, ownSquares]) array.fill(0);
    for (let k = start; k < end; k++) {
      const [row, column, value] = [rows[k] as number, columns[k] as number, values[k] as number];
      let density = mixture.noneDensity;
      const [rowStart, columnStart] = [row * nodes, column * nodes];
      for (let node = 0; node < nodes; node++) {
        const of = (alongRows[rowStart + node] as number) * (alongColumns[columnStart + node] as number);
        share[node] = of;
        density += of;
      }
      logLikelihood += value * Math.log(density);
      total += value;
      const factor = value / density;
      const [rowPixel, columnPixel] = [rowPixels[row] as number, columnPixels[column] as number];
      const square = rowPixel * rowPixel + columnPixel * columnPixel;
      for (let node = 0; node < nodes; node++) {
        const weight = factor * (share[node] as number);
        own.mass[node] = (own.mass[node] as number) + weight;
        own.rows[node] = (own.rows[node] as number) + weight * rowPixel;
        own.columns[node] = (own.columns[node] as number) + weight * columnPixel;
        ownSquares[node] = (ownSquares[node] as number) + weight * square;
      }
    }
    for (let node = 0; node < nodes; node++) {
      const at = { node, image, images };
      const row = expectedAt(mixture, { ...at, axis: 0 });
      const column = expectedAt(mixture, { ...at, axis: 1 });
      const [weight, rowSum, columnSum] = [own.mass[node], own.rows[node], own.columns[node]] as [
        number,
        number,
        number,
      ];
      mass[node] = (mass[node] as number) + weight;
      const rowShift = row - (mixture.positions[2 * node] as number);
      const columnShift = column - (mixture.positions[2 * node + 1] as number);
      sums[2 * node] = (sums[2 * node] as number) + rowSum - weight * rowShift;
      sums[2 * node + 1] = (sums[2 * node + 1] as number) + columnSum - weight * columnShift;
      squares[node] =
        (squares[node] as number) +
        (ownSquares[node] as number) -
        2 * (row * rowSum + column * columnSum) +
        weight * (row * row + column * column);
    }
  }
  return { logLikelihood: logLikelihood - total * Math.log(nodes + 1), mass, sums, squares };
}
