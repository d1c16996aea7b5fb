import type { Input, Model } from '../../../../network/types.ts';
import { anything, count, flag, number, type OptionChecks, oneOf, required } from '../../../../numeric/options.ts';
import { attackedBy } from '../../field/attackedBy.ts';
import { type AttackOptions, attackChecks, type Norm } from '../../field/attackOptions.ts';
import { ballOf, type Epsilon } from '../../field/ball.ts';
import type { Adversarial } from '../../types.ts';
import { squareRun } from './squareRun.ts';
import { squareSchedule } from './squareSchedule.ts';

/** Options of {@link square}. */
export type SquareOptions = AttackOptions & {
  /** How far pictures may be changed: one length, or in the greatest norm one for each channel. */
  readonly epsilon: Epsilon;
  /** How the length of a change is measured; `'linf'` by default. */
  readonly norm?: Norm;
  /** How many times each example is shown to the model at the most; 5000 by default. */
  readonly evaluations?: number;
  /** The share of the picture that the first squares cover; 0.8 by default. */
  readonly share?: number;
  /** Whether squares shrink over however many `evaluations` there are as over 10,000; `false` by default, as in AutoAttack. */
  readonly rescale?: boolean;
};

/**
 * Changes pictures by random squares until the model is wrong; it needs no gradients, only scores.
 *
 * It begins with vertical stripes of $\pm\varepsilon$ and then tries squares of one colour each, of $\pm 2\varepsilon$ in every channel, cut to
 * $[x - \varepsilon, x + \varepsilon]$ and the bounds; one is kept if the best other class gains on the label. The squares shrink as the search
 * goes on. In the Euclidean norm squares hold bumps, and take the length of other squares, which are left as they were.
 * On a processor, with `batchSize` 1 as by default there, only what a square can reach is computed again, which is exact.
 *
 * Source: Andriushchenko et al. 2020, "Square Attack", algorithms 1 to 3, with the schedule of the released code; the
 * margin is what falls also where a class is aimed at (there: the cross-entropy).
 *
 * @param model a `LayersModel` or `GraphModel`, or a network compiled once.
 * @param x pictures `[n, h, w, c]`, within the bounds.
 * @param options how far numbers may be changed, how often the model may be asked, and how inputs are prepared:
 *   {@link SquareOptions}.
 * @returns the changed pictures `[n, h, w, c]`, which of them are successes, and how many queries each took.
 * @throws {VitrineError} if `x` holds no pictures or is outside the bounds, or an option is wrong.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, queries } = await attacks.square(model, x, { bounds: [-1, 1], epsilon: 0.1, evaluations: 100 });
 * ```
 */
export async function square(model: Model, x: Input, options: SquareOptions): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: squareChecks,
    plan: ({ epsilon, norm = 'linf', evaluations = 5000, share = 0.8, rescale = false }, { space }) => {
      const ball = ballOf(norm, epsilon, space);
      const schedule = squareSchedule({ evaluations, share, rescale });
      return {
        method: 'square',
        norm,
        steps: evaluations,
        run: (batch) => squareRun(batch, { ball, schedule, evaluations }),
      };
    },
  });
}

const squareChecks: OptionChecks<SquareOptions> = {
  ...attackChecks,
  epsilon: required(anything),
  norm: oneOf(['linf', 'l2']),
  evaluations: count(1),
  share: number(1e-6, 1),
  rescale: flag,
};
