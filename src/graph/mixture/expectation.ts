import type { Sliced } from '../../numeric/sliced.ts';
import { type Densities, densitiesFor, fillDensities } from './densities.ts';
import { addResponses, imageSums } from './imageSums.ts';
import type { Mixture } from './mixture.ts';
import type { Responses } from './responses.ts';

/** What an expectation step sums up, weighted by $F(x)\,P(V|x)$. */
export interface Expectation {
  /** $\sum_I \sum_x F(x) \log \sum_V P(V) P(p_x|V)$. */
  readonly logLikelihood: number;
  /** $\sum F r$ of each node. */
  readonly mass: Float64Array;
  /** $\sum F r (p - \mu - \text{shift})$, `[nodes, 2]`. */
  readonly offsets: Float64Array;
  /** $\sum F r \lVert p - \mu - \text{shift} \rVert^2$. */
  readonly squares: Float64Array;
}

/** About how many operations a positive value takes for each node. */
const RESPONSE = 10;

/** One expectation step over all images: who explains what, and how well (§1.2: equal priors of the nodes and of none). */
export function* expectation(responses: Responses, mixture: Mixture): Sliced<Expectation> {
  const nodes = mixture.variances.length;
  const densities = densitiesFor(responses, nodes);
  const sums = imageSums(nodes);
  const [mass, offsets, squares] = [new Float64Array(nodes), new Float64Array(2 * nodes), new Float64Array(nodes)];
  let logLikelihood = 0;
  for (let image = 0; image < responses.images; image++) {
    if (responses.starts[image] === responses.starts[image + 1]) continue;
    fillDensities(densities, responses, mixture, image);
    yield RESPONSE * nodes * ((responses.starts[image + 1] as number) - (responses.starts[image] as number));
    logLikelihood += addResponses(sums, responses, { densities, noneDensity: mixture.noneDensity, image });
    for (let node = 0; node < nodes; node++) {
      const [row, column] = expectedOf(densities, node);
      const own = sums.mass[node] as number;
      const [rowSum, columnSum] = [sums.rows[node] as number, sums.columns[node] as number];
      mass[node] = (mass[node] as number) + own;
      offsets[2 * node] = (offsets[2 * node] as number) + rowSum - own * row;
      offsets[2 * node + 1] = (offsets[2 * node + 1] as number) + columnSum - own * column;
      const cross = 2 * (row * rowSum + column * columnSum);
      squares[node] =
        (squares[node] as number) + (sums.squares[node] as number) - cross + own * (row * row + column * column);
    }
  }
  return { logLikelihood, mass, offsets, squares };
}

function expectedOf({ expected }: Densities, node: number): [row: number, column: number] {
  return [expected[2 * node] as number, expected[2 * node + 1] as number];
}
