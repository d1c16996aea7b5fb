import { inSlices } from '../../../backend/inTurn.ts';
import type { Input, Model } from '../../../network/types.ts';
import { weightedLeastSquares } from '../../../numeric/linear/leastSquares.ts';
import { callback, count, type OptionChecks } from '../../../numeric/options.ts';
import { random } from '../../../numeric/random.ts';
import { atOnce, forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { coalitionScores } from './coalitionScores.ts';
import { kernelCoalitions, type WeightedCoalitions } from './kernelCoalitions.ts';
import { type SegmentGame, type SegmentOptions, segmentChecks, segmentGame } from './segmentGame.ts';
import { shapleyGap } from './shapleyGap.ts';

/** How many coalitions {@link kernelShap} looks at. */
export interface KernelShapOptions extends SegmentOptions, PartialOption<SegmentAttribution> {
  /** The number of coalitions besides the empty and the full one; 2 s + 2048 by default, for s segments. */
  readonly samples?: number;
}

const checks: OptionChecks<ExplainOptions & KernelShapOptions> = {
  ...segmentChecks,
  samples: count(1),
  onPartial: callback,
};

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
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `segments` (required for images), `samples`, `baseline`, `input`, `seed`, `target`, `scale`
 * (`'logit'` by default), `onPartial`.
 * @returns `segmentValues` `[n, s]`, and `values`, which paints them: `[n, h, w]`, or the input's shape without space.
 * @throws {VitrineError} if `samples` < 1, or the segments do not fit; else as {@link gradient}.
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
  return explain(model, x, options, { checks }, async (session, options) => {
    const { samples, seed = 0, onPartial } = options;
    const game = await segmentGame(session, options);
    const drawn = game.players.map((players, example) =>
      kernelCoalitions(players, samples ?? 2 * players + 2048, random(seed, example)),
    );
    const current = (known: readonly Float64Array[]): Sliced<SegmentAttribution> =>
      attributionSoFar(game, drawn, known);
    const scores = await coalitionScores(session, game, {
      stage: 'kernelShap',
      counts: drawn.map(({ weights }) => 1 + weights.length),
      fill(members, index, example) {
        // The first one is empty.
        const { length } = members;
        if (index > 0) members.set(drawn[example]?.members.subarray((index - 1) * length, index * length) ?? []);
      },
      onBatch: (known) => onPartial?.(() => atOnce(current(known))),
    });
    return inSlices(current(scores), options);
  });
}

function* attributionSoFar(
  game: SegmentGame,
  drawn: readonly WeightedCoalitions[],
  known: readonly Float64Array[],
): Sliced<SegmentAttribution> {
  const { score } = game.at;
  const values: Float64Array[] = [];
  for (const [example, scores] of known.entries()) {
    const players = game.players[example] as number;
    const found = { players, none: scores[0] as number, all: score.data[example] as number };
    values.push(
      scores.length === 0
        ? new Float64Array(players)
        : yield* regression(drawn[example] as WeightedCoalitions, scores.subarray(1), found),
    );
  }
  const empty = known.map(([none]) => none ?? Number.NaN);
  return game.attribution('kernelShap', values, shapleyGap(values, score.data, empty));
}

/**
 * The regression on what values differ from equal shares, which sums to zero: rows are coalitions less their mean, and
 * one more row of ones asks for that sum, which no other row says anything about.
 */
function* regression(
  { members, weights }: WeightedCoalitions,
  scores: Float64Array,
  { players, none, all }: { players: number; none: number; all: number },
): Sliced<Float64Array> {
  const share = (all - none) / players;
  const rows = scores.length + 1;
  const matrix = new Float64Array(rows * players).fill(1);
  const values = new Float64Array(rows);
  yield* forEachOf(scores.length, 2 * players, (row) => {
    const coalition = members.subarray(row * players, (row + 1) * players);
    const size = coalition.reduce((sum, member) => sum + member, 0);
    coalition.forEach((member, i) => (matrix[row * players + i] = member - size / players));
    values[row] = (scores[row] as number) - none - size * share;
  });
  const shares = new Float64Array(rows).fill(1);
  shares.set(weights.subarray(0, rows - 1));
  const found = yield* weightedLeastSquares({ matrix, values, weights: shares });
  return found.map((difference) => share + difference);
}
