import type { Sliced } from '../../numeric/sliced.ts';
import { bestPosition, linesOf } from './bestPosition.ts';
import { densitiesFor, fillDensities } from './densities.ts';
import type { Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';
import { stepsToTop } from './stepsToTop.ts';

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
