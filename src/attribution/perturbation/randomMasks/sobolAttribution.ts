import type { Input, Model } from '../../../network/types.ts';
import { assertRoom } from '../../../numeric/check.ts';
import { callback, count, type OptionChecks } from '../../../numeric/options.ts';
import { random } from '../../../numeric/random.ts';
import { type SobolDesigns, sobolDesigns, totalIndices } from '../../../numeric/sobolDesigns.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { coalitionScores } from '../coalitions/coalitionScores.ts';
import { type GridMaskOptions, gridGame, gridMaskChecks } from '../coalitions/segmentGame.ts';

/** How {@link sobolAttribution} samples. */
export interface SobolOptions extends GridMaskOptions, PartialOption<SegmentAttribution> {
  /** The number of designs N, best a power of 2; N (cells² + 2) passes are made. 32 by default. */
  readonly samples?: number;
}

const checks: OptionChecks<ExplainOptions & SobolOptions> = {
  ...gridMaskChecks,
  samples: count(2),
  onPartial: callback,
};

/**
 * Total Sobol' indices: how much of the score's variance under random masks needs each cell of a grid.
 *
 * $S_i = \frac{\sum_k (F(A_k) - F(C_k^{(i)}))^2}{2 N\, \mathrm{Var}\, F}$ (Jansen's estimator), where $A$ and $B$ are designs
 * of masks in $[0, 1]$, together a scrambled Sobol' sequence, and $C^{(i)}$ is $A$ with cell $i$ from $B$. Never negative;
 * interactions count for every cell that takes part, so that the sum can exceed 1.
 *
 * Source: Fel et al. 2021, "Look at the variance!", Eqs. (3) and (5); Jansen 1999, "Analysis of variance designs for
 * model output".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]` or a volume `[n, d, h, w, c]`.
 * @param options `cells`, `samples`, `baseline`, `input`, `seed`, `target`, `scale` (`'logit'` by default),
 * `onPartial`.
 * @returns `segmentValues` `[n, cells²]`, and `values` `[n, h, w]` (of volumes `[n, cells³]` and `[n, d, h, w]`); zeros where masks do not change the score.
 * @throws {VitrineError} if `cells` < 1, `samples` < 2, or no input is an image; else as {@link gradient}.
 * @example
 * ```ts
 * import { sobolAttribution } from 'vitrine';
 * const { segmentValues } = await sobolAttribution(model, x, { cells: 3, samples: 4 });
 * ```
 */
export async function sobolAttribution(
  model: Model,
  x: Input,
  options: ExplainOptions & SobolOptions = {},
): Promise<SegmentAttribution> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { samples = 32, seed = 0, onPartial } = options;
    const game = await gridGame(session, options);
    for (const cells of game.players) assertRoom('samples', [samples, 2 * cells]);
    const designs = game.players.map((cells, example) => sobolDesigns(samples, cells, random(seed, example)));
    const current = (known: readonly Float64Array[]): SegmentAttribution =>
      game.attribution(
        'sobolAttribution',
        known.map((scores, example) => totalIndices(scores, game.players[example] as number)),
      );
    const scores = await coalitionScores(session, game, {
      stage: 'sobolAttribution',
      counts: designs.map(({ count }) => count),
      fill: (mask, index, example) => (designs[example] as SobolDesigns).fill(mask, index),
      onBatch: (known) => onPartial?.(() => current(known)),
    });
    return current(scores);
  });
}
