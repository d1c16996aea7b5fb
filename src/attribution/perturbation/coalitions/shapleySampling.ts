import type { Input, Model } from '../../../network/types.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { callback, count, type OptionChecks } from '../../../numeric/options.ts';
import { random, shuffled } from '../../../numeric/random.ts';
import { runningMoments } from '../../../numeric/running.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { coalitionScores } from './coalitionScores.ts';
import { type SegmentGame, type SegmentOptions, segmentChecks, segmentGame, sideBySide } from './segmentGame.ts';
import { shapleyGap } from './shapleyGap.ts';

/** How {@link shapleySampling} samples. */
export interface ShapleySamplingOptions extends SegmentOptions, PartialOption<SampledShapley> {
  /** The number of random orders; each is run forwards and backwards. 10 by default. */
  readonly samples?: number;
}

const checks: OptionChecks<ExplainOptions & ShapleySamplingOptions> = {
  ...segmentChecks,
  samples: count(1),
  onPartial: callback,
};

/** What {@link shapleySampling} returns. */
export interface SampledShapley extends SegmentAttribution {
  /** The standard error of each value over the orders, `[n, s]`; NaN for a single one. */
  readonly standardErrors: NdArray;
}

/**
 * Shapley values of segments from random orders: what each segment adds to those shown before it, on average.
 *
 * Every order is run forwards and backwards (antithetic), which lowers the variance. The sum of the values is $F(x)$ less
 * the score with everything hidden after any number of orders; `delta` is rounding.
 *
 * Source: Castro, Gómez and Tejada 2009, "Polynomial calculation of the Shapley value based on sampling", §3; Mitchell et
 * al. 2022, "Sampling permutations for Shapley value estimation", §4.1 (antithetic).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `segments` (required for images), `samples`, `baseline`, `input`, `seed`, `target`, `scale`
 * (`'logit'` by default), `onPartial`.
 * @returns `segmentValues` and `standardErrors` `[n, s]`, and `values`, which paints them.
 * @throws {VitrineError} if `samples` < 1, or the segments do not fit; else as {@link gradient}.
 * @example
 * ```ts
 * import { shapleySampling } from 'vitrine';
 * const { segmentValues, standardErrors } = await shapleySampling(model, x, { segments: { grid: 3 }, samples: 4 });
 * ```
 */
export async function shapleySampling(
  model: Model,
  x: Input,
  options: ExplainOptions & ShapleySamplingOptions,
): Promise<SampledShapley> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { samples = 10, seed = 0, onPartial } = options;
    const game = await segmentGame(session, options);
    const orders = game.players.map((players, example) =>
      Array.from({ length: samples }, (_, i) => shuffled(players, random(seed, example, i).integer)),
    );
    const current = (known: readonly Float64Array[]): SampledShapley => attributionSoFar(game, orders, known);
    const scores = await coalitionScores(session, game, {
      stage: 'shapleySampling',
      counts: game.players.map((players) => 2 + samples * innerCount(players)),
      fill: (members, index, example) => fillCoalition(members, index, orders[example] as readonly Int32Array[]),
      onBatch: (known) => onPartial?.(() => current(known)),
    });
    return current(scores);
  });
}

/** How many coalitions of an order, forwards and backwards, are neither empty nor full. */
function innerCount(players: number): number {
  return 2 * (players - 1);
}

/** All hidden, all shown, then the inner coalitions of each order, forwards and backwards. */
function fillCoalition(members: Float32Array, index: number, orders: readonly Int32Array[]): void {
  const players = members.length;
  if (index < 2) {
    members.fill(index);
    return;
  }
  const order = orders[Math.floor((index - 2) / innerCount(players))] as Int32Array;
  const step = (index - 2) % innerCount(players);
  const shown = (step % (players - 1)) + 1;
  for (const player of step < players - 1 ? order.subarray(0, shown) : order.subarray(-shown)) members[player] = 1;
}

/** From the orders that have been run to their end. */
function attributionSoFar(
  game: SegmentGame,
  orders: readonly (readonly Int32Array[])[],
  known: readonly Float64Array[],
): SampledShapley {
  const estimates = known.map((scores, example) => estimate(orders[example] as readonly Int32Array[], scores));
  const values = estimates.map(({ mean }) => mean);
  const empty = known.map(([none]) => none ?? Number.NaN);
  return {
    ...game.attribution('shapleySampling', values, shapleyGap(values, game.at.score.data, empty)),
    standardErrors: sideBySide(estimates.map(({ errors }) => errors)),
  };
}

function estimate(
  orders: readonly Int32Array[],
  scores: Float64Array,
): { readonly mean: Float64Array; readonly errors: Float64Array } {
  const players = (orders[0] as Int32Array).length;
  const inner = innerCount(players);
  const done = orders.filter((_, i) => scores.length >= 2 + (i + 1) * inner);
  const { mean, variance, add } = runningMoments(players);
  done.forEach((order, i) => add(valuesOf(order, scores, 2 + i * inner)));
  return { mean, errors: variance().map((value) => Math.sqrt(value / done.length)) };
}

/** What each player adds, the mean of both directions of an order. */
function valuesOf(order: Int32Array, scores: Float64Array, offset: number): Float64Array {
  const players = order.length;
  const values = new Float64Array(players);
  for (const direction of [0, 1]) {
    let before = scores[0] as number;
    for (let i = 0; i < players; i++) {
      const last = i === players - 1;
      const after = scores[last ? 1 : offset + direction * (players - 1) + i] as number;
      const player = order[direction === 0 ? i : players - 1 - i] as number;
      values[player] = (values[player] as number) + (after - before) / 2;
      before = after;
    }
  }
  return values;
}
