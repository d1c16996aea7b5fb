import type { ExplainOptions, Input, Model, SegmentAttribution } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { type RunningMoments, runningMoments } from '../../numeric/runningMoments.ts';
import { shuffled } from '../../numeric/shuffled.ts';
import type { PartialOption } from '../progressive.ts';
import { explain } from '../session.ts';
import { coalitionScores } from './coalitionScores.ts';
import { type SegmentOptions, segmentGame } from './segmentGame.ts';
import { shapleyGap } from './shapleyGap.ts';

/** How {@link shapleySampling} samples. */
export interface ShapleySamplingOptions extends SegmentOptions, PartialOption<SampledShapley> {
  /** The number of random orders; each is run forwards and backwards. 10 by default. */
  readonly permutations?: number;
}

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
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `segments` (required for images), `permutations`, `baseline`, `input`, `seed`, `target`, `scale`.
 * @returns `segmentValues` and `standardErrors` `[n, s]`, and `values`, which paints them.
 * @throws {RangeError} if `permutations` < 1, or the segments do not fit; else as {@link gradient}.
 * @example
 * ```ts
 * import { shapleySampling } from 'vitrine';
 * const { segmentValues, standardErrors } = await shapleySampling(model, x, { segments: { grid: 3 }, permutations: 4 });
 * ```
 */
export async function shapleySampling(
  model: Model,
  x: Input,
  options: ExplainOptions & ShapleySamplingOptions,
): Promise<SampledShapley> {
  const { permutations = 10, seed = 0, onPartial } = options;
  assertInteger('permutations', permutations, [1, Number.POSITIVE_INFINITY]);
  return explain(model, x, options, async (session) => {
    const game = await segmentGame(session, options);
    const moments = game.counts.map((players) => runningMoments(players));
    const empty = new Float64Array(session.count);
    const current = (): SampledShapley => {
      const values = moments.map(({ mean }) => mean.slice());
      const found = game.attribution('shapleySampling', values, shapleyGap(values, game.at.score.data, empty));
      return { ...found, standardErrors: errorsOf(moments, permutations, found.segmentValues) };
    };
    for (const [example, players] of game.counts.entries()) {
      const orders = Array.from({ length: permutations }, (_, i) =>
        shuffled(players, random(seed, example, i).integer),
      );
      // All hidden, all shown, then the inner coalitions of each order, forwards and backwards.
      const inner = 2 * (players - 1);
      const scores = new Float64Array(2 + permutations * inner);
      let done = 0;
      await coalitionScores(
        session,
        game,
        {
          stage: 'shapleySampling',
          example,
          count: scores.length,
          fill: (members, index) => fillCoalition(members, index, orders),
          onBatch(known) {
            empty[example] = scores[0] as number;
            for (; done < permutations && known >= 2 + (done + 1) * inner; done++) {
              moments[example]?.add(valuesOf(orders[done] as Int32Array, scores, 2 + done * inner));
            }
            if (done > 0) onPartial?.(current);
          },
        },
        scores,
      );
    }
    return current();
  });
}

function fillCoalition(members: Float32Array, index: number, orders: readonly Int32Array[]): void {
  const players = members.length;
  if (index < 2) {
    members.fill(index);
    return;
  }
  const order = orders[Math.floor((index - 2) / (2 * (players - 1)))] as Int32Array;
  const step = (index - 2) % (2 * (players - 1));
  const forwards = step < players - 1;
  const shown = (step % (players - 1)) + 1;
  for (let i = 0; i < shown; i++) members[order[forwards ? i : players - 1 - i] as number] = 1;
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

function errorsOf(moments: readonly RunningMoments[], permutations: number, { shape }: NdArray): NdArray {
  const [, most] = shape as [number, number];
  const data = new Float32Array(moments.length * most);
  moments.forEach(({ variance }, i) => {
    data.set(
      variance().map((value) => Math.sqrt(value / permutations)),
      i * most,
    );
  });
  return { shape, data };
}
