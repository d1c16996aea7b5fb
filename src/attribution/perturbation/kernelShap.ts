import type { ExplainOptions, Input, Model, SegmentAttribution } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { random } from '../../numeric/random.ts';
import { weightedLeastSquares } from '../../numeric/weightedLeastSquares.ts';
import { explain } from '../session.ts';
import { coalitionScores } from './coalitionScores.ts';
import { kernelCoalitions, type WeightedCoalitions } from './kernelCoalitions.ts';
import { type SegmentOptions, segmentGame } from './segmentGame.ts';
import { shapleyGap } from './shapleyGap.ts';

/** How many coalitions {@link kernelShap} looks at. */
export interface KernelShapOptions extends SegmentOptions {
  /** The number of coalitions besides the empty and the full one; 2 s + 2048 by default, for s segments. */
  readonly samples?: number;
}

/**
 * KernelSHAP: Shapley values of segments as the coefficients of a weighted linear regression on coalitions.
 *
 * $\min_\phi \sum_S \pi(S) \left(F(S) - \phi_0 - \sum_{i \in S} \phi_i\right)^2$ with
 * $\pi(S) = \frac{M - 1}{\binom{M}{|S|}\,|S|\,(M - |S|)}$, under the constraint that the values add up to $F(x) - F(\emptyset)$.
 * Coalitions are enumerated from the smallest and largest inwards as far as `samples` goes; of the rest, pairs of a random
 * coalition and its complement are drawn. With all of them these are the exact Shapley values.
 *
 * Source: Lundberg and Lee 2017, "A unified approach to interpreting model predictions", Theorem 2; Covert and Lee 2021,
 * "Improving KernelSHAP", §3 (paired sampling).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `segments` (required for images), `samples`, `baseline`, `input`, `seed`, `target`, `scale`.
 * @returns `segmentValues` `[n, s]`, and `values`, which paints them: `[n, h, w]`, or the input's shape without space.
 * @throws {RangeError} if `samples` < 1, or the segments do not fit; else as {@link gradient}.
 * @example
 * ```ts
 * import { kernelShap } from 'vitrine';
 * const { segmentValues } = await kernelShap(model, x, { segments: { grid: 3 }, samples: 100 });
 * ```
 */
export async function kernelShap(
  model: Model,
  x: Input,
  options: ExplainOptions & KernelShapOptions,
): Promise<SegmentAttribution> {
  const { samples, seed = 0 } = options;
  if (samples !== undefined) assertInteger('samples', samples, [1, Number.POSITIVE_INFINITY]);
  return explain(model, x, options, async (session) => {
    const game = await segmentGame(session, options);
    const values: Float64Array[] = [];
    const empty: number[] = [];
    for (const [example, players] of game.counts.entries()) {
      const drawn = kernelCoalitions(players, samples ?? 2 * players + 2048, random(seed, example));
      const scores = await coalitionScores(session, game, {
        stage: 'kernelShap',
        example,
        count: drawn.weights.length + 1,
        // The last one is empty.
        fill: (members, index) => members.set(drawn.members.subarray(index * players, (index + 1) * players)),
      });
      const none = scores.at(-1) as number;
      values.push(regression(drawn, scores, { players, none, all: game.at.score.data[example] as number }));
      empty.push(none);
    }
    return game.attribution('kernelShap', values, shapleyGap(values, game.at.score.data, empty));
  });
}

/** The last value follows from the others by the constraint, which leaves an ordinary weighted regression. */
function regression(
  { members, weights }: WeightedCoalitions,
  scores: Float64Array,
  { players, none, all }: { players: number; none: number; all: number },
): Float64Array {
  if (players === 1) return Float64Array.of(all - none);
  const free = players - 1;
  const matrix = new Float64Array(weights.length * free);
  const values = weights.map((_, row) => {
    const last = members[row * players + free] as number;
    for (let i = 0; i < free; i++) matrix[row * free + i] = (members[row * players + i] as number) - last;
    return (scores[row] as number) - none - last * (all - none);
  });
  const found = weightedLeastSquares({ matrix, values, weights });
  const sum = found.reduce((total, value) => total + value, 0);
  return Float64Array.of(...found, all - none - sum);
}
