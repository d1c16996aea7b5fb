import type { Densities } from './densities.ts';
import type { Responses } from './responses.ts';

/** The rows of an image in which a filter responds. */
export interface Lines {
  readonly rows: readonly number[];
  /** Where the positive values of each begin, and after the last where they end. */
  readonly starts: readonly number[];
  /** The greatest value of each. */
  readonly greatest: readonly number[];
}

/** The rows of an image with positive values. */
export function linesOf({ starts, rows, values }: Responses, image: number): Lines {
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
export function bestPosition(
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
