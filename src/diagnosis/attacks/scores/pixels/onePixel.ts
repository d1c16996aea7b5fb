import type { Input, Model } from '../../../../network/types.ts';
import { VitrineError } from '../../../../numeric/errors.ts';
import type { NdArray } from '../../../../numeric/ndarray.ts';
import { count, integer, number, type OptionChecks, oneOf } from '../../../../numeric/options.ts';
import type { AttackBatch } from '../../field/attackBatch.ts';
import { type Attack, attackedBy } from '../../field/attackedBy.ts';
import { type AttackOptions, attackChecks } from '../../field/attackOptions.ts';
import type { Adversarial } from '../../types.ts';
import { imageSize } from '../imageSize.ts';
import { chunksOfCandidates } from './candidateLosses.ts';
import { evolutionRun } from './evolutionRun.ts';
import { exhaustiveCount, exhaustiveRun } from './exhaustiveRun.ts';

/** Options of {@link onePixel}. */
export type OnePixelOptions = AttackOptions & {
  /** How many pixels are changed; 1 by default. */
  readonly pixels?: number;
  /**
   * `'evolution'`, by default, searches places and colours by differential evolution. `'exhaustive'` gives every pixel each
   * colour that has only least and greatest values, one after the other: `2^c · h · w` passes, without chance.
   */
  readonly search?: 'evolution' | 'exhaustive';
  /** Of an evolution: how many candidates there are; 100 by default, 400 in the paper. */
  readonly population?: number;
  /** Of an evolution: how often they are replaced at the most; 50 by default, 100 in the paper. */
  readonly steps?: number;
  /** Of an evolution: how much of the difference of two candidates is added to a third; 0.5 by default. */
  readonly weight?: number;
};

/**
 * Changes one pixel, or a few, so that the model is wrong; it needs no gradients, only scores.
 *
 * Candidates are $k$ places with their colours. Each is challenged by $x_a + F(x_b - x_c)$ of three others, and replaced by it
 * where the best other class gains more on the label; the search ends at the first success. All candidates are followed
 * through the one pass of the unchanged picture, as far as they reach, which is exact.
 *
 * Source: Su, Vargas and Sakurai 2019, "One pixel attack for fooling deep neural networks", section III, eq. (3). There
 * probabilities are compared, which do not tell candidates apart where a network is sure of itself; here it is margins.
 *
 * @param model a `LayersModel` or `GraphModel`, or a network compiled once.
 * @param x pictures `[n, h, w, c]`, within the bounds.
 * @param options how many pixels, how they are searched, and how inputs are prepared: {@link OnePixelOptions}.
 * @returns the changed pictures `[n, h, w, c]`, of which at most `pixels` pixels differ; where no change succeeded, the one
 *   that came nearest.
 * @throws {VitrineError} if `x` holds no pictures or is outside the bounds, or an option is wrong.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, distances } = await attacks.onePixel(model, x, { bounds: [-1, 1], population: 20, steps: 5 });
 * ```
 */
export async function onePixel(model: Model, x: Input, options: OnePixelOptions): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: onePixelChecks,
    plan: (own, { all }) => {
      const { search = 'evolution' } = own;
      const plan = search === 'evolution' ? evolutionOf(own, all.x) : exhaustiveOf(own, all.x);
      return { method: 'onePixel', norm: 'l2', ...plan };
    },
  });
}

type Search = Pick<Attack<OnePixelOptions>, 'steps' | 'run'>;

function evolutionOf({ pixels = 1, population = 100, steps = 50, weight = 0.5 }: OnePixelOptions, x: NdArray): Search {
  const [rows, columns] = imageSize(x, 'onePixel');
  if (pixels > rows * columns)
    throw new VitrineError(
      'bad-argument',
      `"pixels" expected 1..${rows * columns}, as many as there are, got ${pixels}`,
    );
  const settings = { pixels, population, steps, weight };
  return { steps: steps + 1, run: (batch: AttackBatch) => evolutionRun(batch, settings) };
}

function exhaustiveOf({ pixels = 1, population, steps, weight }: OnePixelOptions, x: NdArray): Search {
  const idle = Object.entries({ population, steps, weight }).find(([, value]) => value !== undefined);
  if (idle)
    throw new VitrineError('bad-argument', `"${idle[0]}" is of search: 'evolution', but "search" is 'exhaustive'`);
  if (pixels !== 1)
    throw new VitrineError('bad-argument', `"pixels" expected 1 where every pixel is tried, got ${pixels}`);
  return {
    steps: chunksOfCandidates(exhaustiveCount(imageSize(x, 'onePixel'))).length,
    run: exhaustiveRun,
  };
}

const onePixelChecks: OptionChecks<OnePixelOptions> = {
  ...attackChecks,
  pixels: integer(1),
  search: oneOf(['evolution', 'exhaustive']),
  population: integer(4, 10_000),
  steps: count(1),
  weight: number(0, 2),
};
