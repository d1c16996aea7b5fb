import type { Densities } from './densities.ts';
import type { Responses } from './responses.ts';

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
export function stepsToTop(
  responses: Responses,
  { densities, nodes, node, image, found, best }: Peak,
): [number, number] {
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
