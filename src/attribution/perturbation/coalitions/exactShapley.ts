import type { Input, Model } from '../../../network/types.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { binomial } from '../../../numeric/statistics.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import { coalitionScores } from './coalitionScores.ts';
import { type SegmentOptions, segmentChecks, segmentGame } from './segmentGame.ts';
import { shapleyGap } from './shapleyGap.ts';

/** More players need more than a hundred thousand passes. */
const mostPlayers = 16;

/**
 * Shapley values of segments: the mean of what each adds to the score, over all orders in which they can be shown.
 *
 * $\phi_i = \sum_{S \not\ni i} \frac{|S|!\,(M - |S| - 1)!}{M!}\,(F(S \cup i) - F(S))$ over all $2^M$ coalitions. The values
 * add up to $F(x)$ less the score with everything hidden (`delta` is rounding); what changes nothing gets nothing, and
 * segments that do the same get the same.
 *
 * Source: Shapley 1953, "A value for n-person games", Eq. (12); Strumbelj and Kononenko 2010 for predictions.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `segments` (required for images; at most 16), `baseline`, `input`, `target`, `scale` (`'logit'` by
 * default).
 * @returns `segmentValues` `[n, s]`, and `values`, which paints them: `[n, h, w]`, or the input's shape without space.
 * @throws {VitrineError} if there are more than 16 segments, or they do not fit; else as {@link gradient}.
 * @example
 * ```ts
 * import { exactShapley } from 'vitrine';
 * const { segmentValues } = await exactShapley(model, x, { segments: { grid: 2 }, baseline: 'mean' });
 * ```
 */
export async function exactShapley(
  model: Model,
  x: Input,
  options: ExplainOptions & SegmentOptions,
): Promise<SegmentAttribution> {
  return explain(model, x, options, { checks: segmentChecks }, async (session, options) => {
    const game = await segmentGame(session, options);
    assertFew(Math.max(...game.players));
    const scores = await coalitionScores(session, game, {
      stage: 'exactShapley',
      counts: game.players.map((players) => 2 ** players),
      fill: (members, index) => members.forEach((_, i) => (members[i] = (index >> i) & 1)),
    });
    const values = scores.map((all, example) => shapleyValues(all, game.players[example] as number));
    const empty = scores.map(([none]) => none as number);
    return game.attribution('exactShapley', values, shapleyGap(values, game.at.score.data, empty));
  });
}

function assertFew(players: number): void {
  if (players <= mostPlayers) return;
  throw new VitrineError(
    'too-large',
    `"segments" expected at most ${mostPlayers}, got ${players}, which takes 2^${players} passes; try kernelShap, shapleySampling or partitionShap`,
  );
}

/** Of the scores of all coalitions, numbered by the bits of their members. */
function shapleyValues(scores: Float64Array, players: number): Float64Array {
  const sizes = Array.from(scores.keys(), (coalition) => bitsOf(coalition));
  const weights = Array.from({ length: players }, (_, size) => 1 / (players * binomial(players - 1, size)));
  return Float64Array.from({ length: players }, (_, player) => {
    let value = 0;
    for (let coalition = 0; coalition < scores.length; coalition++) {
      if ((coalition >> player) & 1) continue;
      const gain = (scores[coalition | (1 << player)] as number) - (scores[coalition] as number);
      value += (weights[sizes[coalition] as number] as number) * gain;
    }
    return value;
  });
}

function bitsOf(coalition: number): number {
  let bits = 0;
  for (let rest = coalition; rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
}
