import type { Baseline, ExplainOptions, Input, Model, SegmentAttribution } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { type Random, random } from '../../numeric/random.ts';
import { shuffled } from '../../numeric/shuffled.ts';
import { explain } from '../session.ts';
import { coalitionScores } from './coalitionScores.ts';
import { imageInput } from './imageInput.ts';
import { segmentGame } from './segmentGame.ts';

/** The masks of {@link sobolAttribution} and {@link hsicAttribution}. */
export interface GridMaskOptions {
  /** Cells of a mask along each side; 8 by default. */
  readonly cells?: number;
  /** What is behind the masks; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** The position of the input that is masked; by default the first that is an image. */
  readonly input?: number;
}

/** How {@link sobolAttribution} samples. */
export interface SobolOptions extends GridMaskOptions {
  /** The number of designs N; N (cells² + 2) passes are made. 32 by default. */
  readonly designs?: number;
}

/**
 * Total Sobol' indices: how much of the score's variance under random masks needs each cell of a grid.
 *
 * $S_i = \frac{\sum_k (F(A_k) - F(C_k^{(i)}))^2}{2 N\, \mathrm{Var}\, F(A)}$ (Jansen's estimator), where $A$ and $B$ are
 * designs of masks in $[0, 1]$, stratified in every cell (latin hypercubes), and $C^{(i)}$ is $A$ with cell $i$ from $B$.
 * Never negative; interactions count for every cell that takes part, so that the sum can exceed 1.
 *
 * Source: Fel et al. 2021, "Look at the variance!", Eqs. (3) and (5).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]`.
 * @param options `cells`, `designs`, `baseline`, `input`, `seed`, `target`, `scale`.
 * @returns `segmentValues` `[n, cells²]`, and `values` `[n, h, w]`; zeros where masks do not change the score.
 * @throws {RangeError} if `cells` < 1, `designs` < 2, or no input is an image; else as {@link gradient}.
 * @example
 * ```ts
 * import { sobolAttribution } from 'vitrine';
 * const { segmentValues } = await sobolAttribution(model, x, { cells: 3, designs: 4 });
 * ```
 */
export async function sobolAttribution(
  model: Model,
  x: Input,
  options: ExplainOptions & SobolOptions = {},
): Promise<SegmentAttribution> {
  const { cells = 8, designs = 32, baseline = 'zero', seed = 0 } = options;
  assertInteger('cells', cells, [1, Number.POSITIVE_INFINITY]);
  assertInteger('designs', designs, [2, Number.POSITIVE_INFINITY]);
  return explain(model, x, options, async (session) => {
    const { index: input } = imageInput(session, options.input);
    const game = await segmentGame(session, { segments: { grid: cells }, baseline, input });
    const values: Float64Array[] = [];
    for (const [example, players] of game.counts.entries()) {
      const design = {
        a: latinHypercube(designs, players, random(seed, example, 0)),
        b: latinHypercube(designs, players, random(seed, example, 1)),
      };
      const scores = await coalitionScores(session, game, {
        stage: 'sobolAttribution',
        example,
        count: designs * (players + 1),
        fill(mask, index) {
          const row = index % designs;
          mask.set(design.a.subarray(row * players, (row + 1) * players));
          const cell = Math.floor(index / designs) - 1;
          if (cell >= 0) mask[cell] = design.b[row * players + cell] as number;
        },
      });
      values.push(totalIndices(scores, designs, players));
    }
    return game.attribution('sobolAttribution', values);
  });
}

/** Jansen 1999. */
function totalIndices(scores: Float64Array, designs: number, players: number): Float64Array {
  const base = scores.subarray(0, designs);
  const mean = base.reduce((sum, value) => sum + value, 0) / designs;
  const variance = base.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (designs - 1);
  return Float64Array.from({ length: players }, (_, cell) => {
    const changed = scores.subarray((cell + 1) * designs, (cell + 2) * designs);
    const squares = changed.reduce((sum, value, row) => sum + (value - (base[row] as number)) ** 2, 0);
    return variance === 0 ? 0 : squares / (2 * designs * variance);
  });
}

/** `[count × dimensions]` in [0, 1): in every dimension one number in each of `count` equal intervals. */
function latinHypercube(count: number, dimensions: number, source: Random): Float32Array {
  const points = new Float32Array(count * dimensions);
  for (let dimension = 0; dimension < dimensions; dimension++) {
    shuffled(count, source.integer).forEach((stratum, i) => {
      points[i * dimensions + dimension] = (stratum + source.uniform()) / count;
    });
  }
  return points;
}
