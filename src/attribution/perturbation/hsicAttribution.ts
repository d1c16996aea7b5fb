import { median } from 'd3-array';
import type { ExplainOptions, Input, Model, SegmentAttribution } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { random } from '../../numeric/random.ts';
import { shuffled } from '../../numeric/shuffled.ts';
import type { PartialOption } from '../progressive.ts';
import { explain } from '../session.ts';
import { coalitionScores } from './coalitionScores.ts';
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
 * @param x one example or a batch, one input an image `[n, h, w, c]`.
 * @param options `cells`, `samples`, `baseline`, `input`, `seed`, `target`, `scale` (`'logit'` by default),
 * `onPartial`.
 * @returns `segmentValues` `[n, cells²]`, and `values` `[n, h, w]`.
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
  assertInteger('samples', samples, [2, Number.POSITIVE_INFINITY]);
  return explain(model, x, options, async (session) => {
    const game = await gridGame(session, options);
    const masks = game.players.map((cells, example) => balancedMasks(cells, samples, [seed, example]));
    const current = (known: readonly Float64Array[]): SegmentAttribution =>
      game.attribution(
        'hsicAttribution',
        known.map((scores, example) => dependences(masks[example] as readonly Int32Array[], scores)),
      );
    const scores = await coalitionScores(session, game, {
      stage: 'hsicAttribution',
      counts: game.players.map(() => samples),
      fill: (mask, index, example) =>
        masks[example]?.forEach((shown, cell) => {
          mask[cell] = shown[index] as number;
        }),
      onBatch: (known) => onPartial?.(() => current(known)),
    });
    return current(scores);
  });
}

/** For each cell the masks that show it, half of them: a latin hypercube of two levels. */
function balancedMasks(cells: number, samples: number, stream: readonly [number, number]): readonly Int32Array[] {
  const { integer } = random(...stream);
  return Array.from({ length: cells }, () => shuffled(samples, integer).map((rank) => Number(2 * rank < samples)));
}

/** How far the scores of the first masks depend on each cell. */
function dependences(masks: readonly Int32Array[], scores: Float64Array): Float64Array {
  if (scores.length < 2) return new Float64Array(masks.length);
  const kernel = centredKernel(scores);
  return Float64Array.from(masks, (shown) => dependence(shown.subarray(0, scores.length), kernel));
}

/** H L H with L a Gaussian of the differences between scores. */
function centredKernel(scores: Float64Array): Float64Array {
  const count = scores.length;
  const distances = Array.from(scores).flatMap((a, i) => Array.from(scores.subarray(i + 1), (b) => Math.abs(a - b)));
  const width = median(distances) || 1;
  const kernel = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      kernel[i * count + j] = Math.exp(-0.5 * (((scores[i] as number) - (scores[j] as number)) / width) ** 2);
    }
  }
  const means = Float64Array.from(
    scores,
    (_, i) => kernel.subarray(i * count, (i + 1) * count).reduce((a, b) => a + b, 0) / count,
  );
  const whole = means.reduce((sum, value) => sum + value, 0) / count;
  return kernel.map(
    (value, at) => value - (means[Math.floor(at / count)] as number) - (means[at % count] as number) + whole,
  );
}

/** What is centred does not see the constant and the squares of ½ − (m − m')² = ½ − m² − m'² + 2 m m'. */
function dependence(mask: Int32Array, kernel: Float64Array): number {
  const count = mask.length;
  let sum = 0;
  mask.forEach((shown, i) => {
    if (shown) mask.forEach((other, j) => (sum += other * (kernel[i * count + j] as number)));
  });
  return (2 * sum) / (count - 1) ** 2;
}
