import type { Sliced } from '../../numeric/sliced.ts';
import { type Densities, densitiesFor, fillDensities, type Mixture } from './densities.ts';
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
export function* peaksOf(responses: Responses, mixture: Mixture, kind: PeakKind): Sliced<NodePeaks> {
  const nodes = mixture.variances.length;
  const { images, rows, columns, rowPixels, columnPixels } = responses;
  const densities = densitiesFor(responses, nodes);
  const { expected } = densities;
  const positions = new Float64Array(2 * nodes * images);
  const scores = new Float64Array(nodes * images);
  for (let image = 0; image < images; image++) {
    fillDensities(densities, responses, mixture, image);
    const lines = linesOf(responses, image);
    yield 4 * nodes * ((responses.starts[image + 1] as number) - (responses.starts[image] as number) + 10);
    for (let node = 0; node < nodes; node++) {
      const { best, found } = bestPosition(responses, lines, { densities, nodes, node });
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

/** The rows of an image in which a filter responds. */
interface Lines {
  readonly rows: readonly number[];
  /** Where the positive values of each begin, and after the last where they end. */
  readonly starts: readonly number[];
  /** The greatest value of each. */
  readonly greatest: readonly number[];
}

/** The rows of an image with positive values. */
function linesOf({ starts, rows, values }: Responses, image: number): Lines {
  const end = starts[image + 1] as number;
  const lines = { rows: [] as number[], starts: [] as number[], greatest: [] as number[] };
  for (let k = starts[image] as number; k < end; k++) {
    const last = lines.rows.length - 1;
    const value = values[k] as number;
    if (lines.rows[last] === rows[k]) {
      lines.greatest[last] = Math.max(lines.greatest[last] as number, value);
    } else {
      lines.rows.push(rows[k] as number);
      lines.starts.push(k);
      lines.greatest.push(value);
    }
  }
  lines.starts.push(end);
  return lines;
}

/** A node and where it is expected. */
interface Search {
  readonly densities: Densities;
  readonly nodes: number;
  readonly node: number;
}

/** The best position of a node, the first of equals; rows that cannot hold it are passed over. */
function bestPosition(
  { columns, values }: Responses,
  lines: Lines,
  { densities: { alongRows, alongColumns }, nodes, node }: Search,
): { best: number; found: number } {
  // The likeliest row first, since what it gives rules others out.
  const first = likeliest(lines, alongRows, { nodes, node });
  let [best, found] = [0, -1];
  for (let step = -1; step < lines.rows.length; step++) {
    const line = step < 0 ? first : step;
    if (line < 0 || step === first) continue;
    const factor = alongRows[(lines.rows[line] as number) * nodes + node] as number;
    // Along columns no factor is greater than 1.
    if (factor * (lines.greatest[line] as number) < best) continue;
    const end = lines.starts[line + 1] as number;
    for (let k = lines.starts[line] as number; k < end; k++) {
      const score = (values[k] as number) * factor * (alongColumns[(columns[k] as number) * nodes + node] as number);
      if (score > best || (score === best && score > 0 && k < found)) {
        best = score;
        found = k;
      }
    }
  }
  return { best, found };
}

/** The row with the greatest bound, or −1. */
function likeliest(
  { rows, greatest }: Lines,
  alongRows: Float64Array,
  { nodes, node }: Pick<Search, 'nodes' | 'node'>,
): number {
  let [bound, found] = [0, -1];
  for (let line = 0; line < rows.length; line++) {
    const own = (alongRows[(rows[line] as number) * nodes + node] as number) * (greatest[line] as number);
    if (own > bound) {
      bound = own;
      found = line;
    }
  }
  return found;
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
