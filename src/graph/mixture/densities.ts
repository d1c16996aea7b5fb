import { expectedAt, type Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';

/** An isotropic Gaussian is the product of one along rows and one along columns: few exponentials make all densities. */
export interface Densities {
  /** `[rows, nodes]`, with the height of the density. */
  readonly alongRows: Float64Array;
  /** `[columns, nodes]`. */
  readonly alongColumns: Float64Array;
}

/** Room for the densities of a number of nodes on a grid. */
export function densitiesFor({ grid: { size } }: Responses, nodes: number): Densities {
  return { alongRows: new Float64Array(size[0] * nodes), alongColumns: new Float64Array(size[1] * nodes) };
}

/** Writes $\Lambda\, \mathcal N(p; \mu_V + \text{shift}, \bar\sigma^2)$ of all nodes on an image. */
export function fillDensities(densities: Densities, { responses, mixture, image }: DensityTask): void {
  const nodes = mixture.variances.length;
  const { images, rowPixels, columnPixels } = responses;
  for (let node = 0; node < nodes; node++) {
    const variance = mixture.variances[node] as number;
    const weight = mixture.weights ? (mixture.weights[node * images + image] as number) : 1;
    const row = expectedAt(mixture, { node, image, images, axis: 0 });
    const column = expectedAt(mixture, { node, image, images, axis: 1 });
    const along = { nodes, node, variance };
    fillAxis(densities.alongRows, rowPixels, { ...along, at: row, height: weight / (2 * Math.PI * variance) });
    fillAxis(densities.alongColumns, columnPixels, { ...along, at: column, height: 1 });
  }
}

interface DensityTask {
  readonly responses: Responses;
  readonly mixture: Mixture;
  readonly image: number;
}

interface Axis {
  readonly nodes: number;
  readonly node: number;
  readonly variance: number;
  readonly at: number;
  readonly height: number;
}

function fillAxis(into: Float64Array, pixels: Float64Array, { nodes, node, variance, at, height }: Axis): void {
  for (let i = 0; i < pixels.length; i++) {
    const distance = (pixels[i] as number) - at;
    into[i * nodes + node] = height * Math.exp((-distance * distance) / (2 * variance));
  }
}
