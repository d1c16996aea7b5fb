import type { Graph, Site } from './graph.ts';
import type { Region } from './operation.ts';

/** How a layer's positions look at the input, along rows and columns. */
export interface FieldOfView {
  /** The extent of what one position depends on, in input pixels; infinite where it sees everything. */
  readonly size: readonly [number, number];
  /** How far apart the fields of neighbouring positions are, in input pixels. */
  readonly jump: readonly [number, number];
}

/** The theoretical receptive field of a layer in the first input; `null` where it has no rows and columns. */
export function fieldOfView(graph: Graph, site: Site): FieldOfView | null {
  if (site.shape.length !== 4 || graph.inputs[0]?.shape.length !== 4) return null;
  const first = seen(graph, site, { rows: [0, 1], columns: [0, 1] });
  const next = seen(graph, site, { rows: [1, 2], columns: [1, 2] });
  if (!first || !next) return null;
  return {
    size: [first.rows[1] - first.rows[0], first.columns[1] - first.columns[0]],
    jump: [jumpBetween(first.rows, next.rows), jumpBetween(first.columns, next.columns)],
  };
}

const everything: Region = {
  rows: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  columns: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** The region of the first input that a region of a layer depends on, over all ways between them. */
function seen({ steps, inputs, sites }: Graph, { value }: Site, region: Region): Region | undefined {
  const shapes = new Map([...sites.values()].map((site) => [site.value, site.shape.map((length) => length ?? 1)]));
  const regions = new Map<number, Region>([[value, region]]);
  for (const { operation, inputs: read, output } of [...steps].reverse()) {
    const target = regions.get(output);
    if (!target) continue;
    const inputShapes = read.map((input) => shapes.get(input) ?? shapes.get(output) ?? []);
    operation.region(target, inputShapes).forEach((part, i) => {
      const input = read[i] as number;
      regions.set(input, union(regions.get(input), part === 'all' ? everything : part));
    });
  }
  return regions.get(inputs[0]?.value ?? -1);
}

function union(a: Region | undefined, b: Region): Region {
  if (!a) return b;
  return {
    rows: [Math.min(a.rows[0], b.rows[0]), Math.max(a.rows[1], b.rows[1])],
    columns: [Math.min(a.columns[0], b.columns[0]), Math.max(a.columns[1], b.columns[1])],
  };
}

function jumpBetween([first]: readonly [number, number], [next]: readonly [number, number]): number {
  return Number.isFinite(first) ? next - first : 0;
}
