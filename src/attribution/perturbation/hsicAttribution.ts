import { inSlices } from '../../backend/inSlices.ts';
import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions, SegmentAttribution } from '../../network/types2.ts';
import { assertCount, assertRoom } from '../../numeric/check.ts';
import { random } from '../../numeric/random.ts';
import { shuffled } from '../../numeric/shuffled.ts';
import { atOnce, type Sliced } from '../../numeric/sliced.ts';
import type { PartialOption } from '../progressive.ts';
import { explain } from '../session.ts';
import { coalitionScores } from './coalitionScores.ts';
import { dependences } from './dependences.ts';
import { type GridMaskOptions, gridGame } from './gridGame.ts';

/** How {@link hsicAttribution} samples. */
export interface HsicOptions extends GridMaskOptions, PartialOption<SegmentAttribution> {
  /** The number of masks; 500 by default. */
  readonly samples?: number;
}

/**
 * HSIC attribution: how far the score depends on whether each cell of a grid is shown.
 *
 * The Hilbert-Schmidt independence criterion $\frac{1}{(N - 1)^2} \mathrm{tr}(K H L H)$ of a cell's masks and the scores,
 * with the kernel $\frac12 - (m - m')^2$ on masks, each cell shown in half of them, a Gaussian on scores whose width is
 * the median distance, and $H$ the centring matrix. Never negative, and 0 in the limit where they are independent.
 *
 * Source: Novello, Fel and Vigouroux 2022, "Making sense of dependence", Eqs. (2) and (6).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]` or a volume `[n, d, h, w, c]`.
 * @param options `cells`, `samples`, `baseline`, `input`, `seed`, `target`, `scale` (`'logit'` by default),
 * `onPartial`.
 * @returns `segmentValues` `[n, cells²]`, and `values` `[n, h, w]` (of volumes `[n, cells³]` and `[n, d, h, w]`).
 * @throws {RangeError} if `cells` < 1, `samples` < 2, or no input is an image; else as {@link gradient}.
 * @example
 * ```ts
 * import { hsicAttribution } from 'vitrine';
 * const { segmentValues } = await hsicAttribution(model, x, { cells: 3, samples: 40 });
 * ```
 */
export async function hsicAttribution(
  model: Model,
  x: Input,
  options: ExplainOptions & HsicOptions = {},
): Promise<SegmentAttribution> {
  const { samples = 500, seed = 0, onPartial } = options;
  assertCount('samples', samples, 2);
  return explain(model, x, options, async (session, options) => {
    const game = await gridGame(session, options);
    const masks = game.players.map((cells, example) => balancedMasks(cells, samples, [seed, example]));
    const current = function* (known: readonly Float64Array[]): Sliced<SegmentAttribution> {
      const values: Float64Array[] = [];
      for (const [example, scores] of known.entries()) {
        values.push(yield* dependences(masks[example] as readonly Int32Array[], scores));
      }
      return game.attribution('hsicAttribution', values);
    };
    const scores = await coalitionScores(session, game, {
      stage: 'hsicAttribution',
      counts: game.players.map(() => samples),
      fill: (mask, index, example) =>
        masks[example]?.forEach((shown, cell) => {
          mask[cell] = shown[index] as number;
        }),
      onBatch: (known) => onPartial?.(() => atOnce(current(known))),
    });
    return inSlices(current(scores), options);
  });
}

/** For each cell the masks that show it, half of them: a latin hypercube of two levels. */
function balancedMasks(cells: number, samples: number, stream: readonly [number, number]): readonly Int32Array[] {
  assertRoom('samples', [samples, cells]);
  const { integer } = random(...stream);
  return Array.from({ length: cells }, () => shuffled(samples, integer).map((rank) => Number(2 * rank < samples)));
}
