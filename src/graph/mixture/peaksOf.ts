import { type Densities, densitiesFor, fillDensities } from './densities.ts';
import type { Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';

/** Where the nodes of a filter are found. */
export interface NodePeaks {
  /** $\hat p_V$ in pixels, `[nodes, images, 2]`. */
  readonly positions: Float64Array;
  /** $S_V = \max_x F(x) P(p_x|V)$, `[nodes, images]`; 0 where the filter is silent. */
  readonly scores: Float64Array;
}

/** Whether a peak is the pixel of its position, or lies where a parabola through it and the positions beside has its top. */
export type PeakKind = 'unit' | 'interpolated';

/**
 * $\hat p_V = \operatorname{argmax}_x F(x) P(p_x|V, R, \theta)$, the first of equals. Where no value is positive, the
 * node is where it is expected, with a score of 0.
 */
export function peaksOf(responses: Responses, mixture: Mixture, kind: PeakKind): NodePeaks {
  const nodes = mixture.variances.length;
  const { images, starts, rows, columns, values, rowPixels, columnPixels } = responses;
  const densities = densitiesFor(responses, nodes);
  const { alongRows, alongColumns, expected } = densities;
  const positions = new Float64Array(2 * nodes * images);
  const scores = new Float64Array(nodes * images);
  for (let image = 0; image < images; image++) {
    fillDensities(densities, responses, mixture, image);
    const [start, end] = [starts[image] as number, starts[image + 1] as number];
    for (let node = 0; node < nodes; node++) {
      let [best, found] = [0, -1];
      for (let k = start; k < end; k++) {
        const score =
          (values[k] as number) *
          (alongRows[(rows[k] as number) * nodes + node] as number) *
          (alongColumns[(columns[k] as number) * nodes + node] as number);
        if (score > best) [best, found] = [score, k];
      }
      const at = node * images + image;
      scores[at] = best;
      if (found < 0) {
        positions[2 * at] = expected[2 * node] as number;
        positions[2 * at + 1] = expected[2 * node + 1] as number;
      } else {
        positions[2 * at] = rowPixels[rows[found] as number] as number;
        positions[2 * at + 1] = columnPixels[columns[found] as number] as number;
        if (kind === 'unit') continue;
        const [rowStep, columnStep] = stepsToTop(responses, { densities, nodes, node, image, found, best });
        positions[2 * at] = (positions[2 * at] as number) + rowStep;
        positions[2 * at + 1] = (positions[2 * at + 1] as number) + columnStep;
      }
    }
  }
  return { positions, scores };
}

interface Peak {
  readonly densities: Densities;
  readonly nodes: number;
  readonly node: number;
  readonly image: number;
  /** Its place among the positive values. */
  readonly found: number;
  readonly best: number;
}

/** From a peak to the top of the parabola along rows and along columns, in pixels; nowhere at the border. */
function stepsToTop(responses: Responses, { densities, nodes, node, image, found, best }: Peak): [number, number] {
  const { rows, columns, values, grid } = responses;
  const at = [rows[found] as number, columns[found] as number] as const;
  const scoreAt = (row: number, column: number): number => {
    const k = placeOf(responses, { image, row, column });
    if (k < 0) return 0;
    const density =
      (densities.alongRows[row * nodes + node] as number) * (densities.alongColumns[column * nodes + node] as number);
    return (values[k] as number) * density;
  };
  const step = (axis: 0 | 1): number => {
    if (at[axis] === 0 || at[axis] === grid.size[axis] - 1) return 0;
    const [down, across] = axis === 0 ? [1, 0] : [0, 1];
    const [before, after] = [scoreAt(at[0] - down, at[1] - across), scoreAt(at[0] + down, at[1] + across)];
    const curvature = before - 2 * best + after;
    return curvature < 0 ? (grid.jump[axis] * (before - after)) / (2 * curvature) : 0;
  };
  return [step(0), step(1)];
}

/** Where the value of a position lies among the positive ones of an image, or −1. */
function placeOf(
  { starts, rows, columns, grid: { size } }: Responses,
  { image, row, column }: { image: number; row: number; column: number },
): number {
  const wanted = row * size[1] + column;
  let [low, high] = [starts[image] as number, starts[image + 1] as number];
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = (rows[middle] as number) * size[1] + (columns[middle] as number);
    if (place === wanted) return middle;
    if (place < wanted) low = middle + 1;
    else high = middle;
  }
  return -1;
}
