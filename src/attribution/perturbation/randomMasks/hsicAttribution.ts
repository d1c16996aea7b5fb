import { inSlices } from '../../../backend/inTurn.ts';
import type { Input, Model } from '../../../network/types.ts';
import { assertRoom } from '../../../numeric/check.ts';
import { callback, count, type OptionChecks } from '../../../numeric/options.ts';
import { random, shuffled } from '../../../numeric/random.ts';
import { atOnce, type Sliced } from '../../../numeric/sliced.ts';
import { medianDistance } from '../../../numeric/statistics.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { coalitionScores } from '../coalitions/coalitionScores.ts';
import { type GridMaskOptions, gridGame, gridMaskChecks } from '../coalitions/segmentGame.ts';

/** How {@link hsicAttribution} samples. */
export interface HsicOptions extends GridMaskOptions, PartialOption<SegmentAttribution> {
  /** The number of masks; 500 by default. */
  readonly samples?: number;
}

const checks: OptionChecks<ExplainOptions & HsicOptions> = {
  ...gridMaskChecks,
  samples: count(2),
  onPartial: callback,
};

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
 * @throws {VitrineError} if `cells` < 1, `samples` < 2, or no input is an image; else as {@link gradient}.
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
  return explain(model, x, options, { checks }, async (session, options) => {
    const { samples = 500, seed = 0, onPartial } = options;
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

/**
 * How far scores depend on whether each cell is shown: $\frac{1}{(N - 1)^2} \mathrm{tr}(K H L H)$ of its masks and the
 * scores.
 *
 * What is centred does not see the constant and the squares of the kernel $\frac12 - (m - m')^2 = \frac12 - m^2 - m'^2
 * + 2 m m'$ on masks, so that the trace is $2 (H m)^T L (H m)$ for all cells: a product of the symmetric Gaussian L with
 * the matrix of masks, of which each row is made when it is needed.
 *
 * @param masks of each cell, 1 where it is shown; of as many samples as there are scores, or more.
 */
export function* dependences(masks: readonly Int32Array[], scores: Float64Array): Sliced<Float64Array> {
  const count = scores.length;
  if (count < 2) return new Float64Array(masks.length);
  // 2⁸ steps of bisection at the most, as a rule.
  yield 256 * count;
  const width = medianDistance(scores) || 1;
  const [within, beside] = [new Float64Array(masks.length), new Float64Array(masks.length)];
  const row = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const sum = gaussians(scores, i, { width, row });
    total += sum;
    masks.forEach((shown, cell) => {
      if (!shown[i]) return;
      beside[cell]! += sum;
      within[cell]! += 1 + 2 * sumBefore(row, shown, i);
    });
    yield 10 * count + (masks.length * i) / 2;
  }
  return within.map((value, cell) => {
    const shown = masks[cell]?.subarray(0, count).reduce((sum, one) => sum + one, 0) as number;
    const mean = shown / count;
    return (2 * (value - 2 * mean * (beside[cell] as number) + mean * mean * total)) / (count - 1) ** 2;
  });
}

/** A row of the Gaussian kernel on scores; returns its sum. */
function gaussians(
  scores: Float64Array,
  i: number,
  { width, row }: { readonly width: number; readonly row: Float64Array },
): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) {
    const value = Math.exp(-0.5 * (((scores[i] as number) - (scores[j] as number)) / width) ** 2);
    row[j] = value;
    sum += value;
  }
  return sum;
}

/** The sum of what comes before a place and is shown: the other half of a symmetric matrix is the same. */
function sumBefore(row: Float64Array, shown: Int32Array, end: number): number {
  let sum = 0;
  for (let j = 0; j < end; j++) sum += (shown[j] as number) * (row[j] as number);
  return sum;
}
