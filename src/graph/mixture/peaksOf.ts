import { densitiesFor, fillDensities } from './densities.ts';
import { expectedAt, type Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';

/** Where the nodes of a filter are found. */
export interface NodePeaks {
  /** $\hat p_V$ in pixels, `[nodes, images, 2]`. */
  readonly positions: Float64Array;
  /** $S_V = \max_x F(x) P(p_x|V)$, `[nodes, images]`; 0 where the filter is silent. */
  readonly scores: Float64Array;
}

/**
 * $\hat p_V = \operatorname{argmax}_x F(x) P(p_x|V, R, \theta)$, the first of equals. Where no value is positive, the
 * node is where it is expected, with a score of 0.
 */
export function peaksOf(responses: Responses, mixture: Mixture): NodePeaks {
  const nodes = mixture.variances.length;
  const { images, starts, rows, columns, values, rowPixels, columnPixels } = responses;
  const densities = densitiesFor(responses, nodes);
  const { alongRows, alongColumns } = densities;
  const positions = new Float64Array(2 * nodes * images);
  const scores = new Float64Array(nodes * images);
  for (let image = 0; image < images; image++) {
    fillDensities(densities, { responses, mixture, image });
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
        positions[2 * at] = expectedAt(mixture, { node, image, images, axis: 0 });
        positions[2 * at + 1] = expectedAt(mixture, { node, image, images, axis: 1 });
      } else {
        positions[2 * at] = rowPixels[rows[found] as number] as number;
        positions[2 * at + 1] = columnPixels[columns[found] as number] as number;
      }
    }
  }
  return { positions, scores };
}
