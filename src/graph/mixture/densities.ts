import type { Responses } from './responses.ts';

/** The nodes of one filter, and what their neighbours in the layer above say of each image. */
export interface Mixture {
  /** $\mu_V$ in pixels, `[nodes, 2]`. */
  readonly positions: Float64Array;
  /** $\bar\sigma_V^2$ in square pixels. */
  readonly variances: Float64Array;
  /** How far the neighbours have moved on each image, in pixels, `[nodes, images, 2]`; nowhere by default. */
  readonly shifts?: Float64Array;
  /** $\Lambda$ of each node on each image, `[nodes, images]`; 1 by default. */
  readonly weights?: Float64Array;
  /** The density of what no node explains, per square pixel. */
  readonly noneDensity: number;
}

/** An isotropic Gaussian is the product of one along rows and one along columns: few exponentials make all densities. */
export interface Densities {
  /** `[rows, nodes]`, with the height of the density. */
  readonly alongRows: Float64Array;
  /** `[columns, nodes]`. */
  readonly alongColumns: Float64Array;
  /** Where the nodes are expected on the image, in pixels, `[nodes, 2]`. */
  readonly expected: Float64Array;
}

/** Room for the densities of a number of nodes on a grid. */
export function densitiesFor({ grid: { size } }: Responses, nodes: number): Densities {
  return {
    alongRows: new Float64Array(size[0] * nodes),
    alongColumns: new Float64Array(size[1] * nodes),
    expected: new Float64Array(2 * nodes),
  };
}

/** Writes $\Lambda\, \mathcal N(p; \mu_V + \text{shift}, \bar\sigma^2)$ of all nodes on an image. */
export function fillDensities(
  { alongRows, alongColumns, expected }: Densities,
  { grid: { size, centre, jump }, images }: Pick<Responses, 'grid' | 'images'>,
  { positions, variances, shifts, weights }: Mixture,
  image: number,
): void {
  const nodes = variances.length;
  for (let node = 0; node < nodes; node++) {
    const k = node * images + image;
    const row = (positions[2 * node] as number) + (shifts ? (shifts[2 * k] as number) : 0);
    const column = (positions[2 * node + 1] as number) + (shifts ? (shifts[2 * k + 1] as number) : 0);
    const variance = variances[node] as number;
    const height = (weights ? (weights[k] as number) : 1) / (2 * Math.PI * variance);
    expected[2 * node] = row;
    expected[2 * node + 1] = column;
    // In steps of the grid.
    fillAxis(alongRows, nodes, node, size[0], (row - centre[0]) / jump[0], variance / jump[0] ** 2, height);
    fillAxis(alongColumns, nodes, node, size[1], (column - centre[1]) / jump[1], variance / jump[1] ** 2, 1);
  }
}

/**
 * A Gaussian at whole numbers, from the nearest to its mean outwards: the ratio of neighbouring values falls by the same
 * factor from step to step, so that four exponentials make them all.
 */
function fillAxis(
  into: Float64Array,
  nodes: number,
  node: number,
  length: number,
  at: number,
  variance: number,
  height: number,
): void {
  const nearest = Math.min(Math.max(Math.round(at), 0), length - 1);
  const distance = nearest - at;
  const start = height * Math.exp((-distance * distance) / (2 * variance));
  const fall = Math.exp(-1 / variance);
  into[nearest * nodes + node] = start;
  let value = start;
  let ratio = Math.exp(-(2 * distance + 1) / (2 * variance));
  for (let i = nearest + 1; i < length; i++) {
    value *= ratio;
    ratio *= fall;
    into[i * nodes + node] = value;
  }
  value = start;
  ratio = Math.exp((2 * distance - 1) / (2 * variance));
  for (let i = nearest - 1; i >= 0; i--) {
    value *= ratio;
    ratio *= fall;
    into[i * nodes + node] = value;
  }
}
