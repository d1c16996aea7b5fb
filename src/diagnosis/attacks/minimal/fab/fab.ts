import type { Input, Model } from '../../../../network/types.ts';
import { count, integer, type OptionChecks, oneOf } from '../../../../numeric/options.ts';
import { attackedBy } from '../../field/attackedBy.ts';
import { type AttackOptions, attackChecks, type Norm } from '../../field/attackOptions.ts';
import type { Adversarial } from '../../types.ts';
import { fabCalls, fabRun } from './fabRun.ts';

/** What {@link fab} takes. */
export type FabOptions = AttackOptions & {
  /** How the length of a change is measured; `'l2'` by default. */
  readonly norm?: Norm;
  /** How many steps a run has; 100 by default. */
  readonly steps?: number;
  /**
   * Towards how many of the classes that an example comes nearest to there are runs, one class after the other. By default
   * there are 9 where the model has more than 10 classes, and else one run towards whichever of all classes is nearest.
   */
  readonly targets?: number;
};

/**
 * The fast adaptive boundary attack: the shortest change that it finds, by steps onto the boundaries as if they were planes,
 * each drawn a little back towards the example.
 *
 * $x \leftarrow \mathrm{clip}\bigl((1 - \alpha)(x + \eta\,\delta) + \alpha(x_0 + \eta\,\delta_0)\bigr)$ with the shortest changes δ and
 * $\delta_0$ that bring $x$ and the example $x_0$ onto the nearest plane without leaving the bounds; once over the boundary,
 * $x \leftarrow x_0 + 0.9(x - x_0)$. It needs no budget. A step takes one gradient for each class that it may go to.
 *
 * Source: Croce and Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack", algorithm 1.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options `norm`, `steps`, `targets`, and how far inputs reach: {@link FabOptions}.
 * @returns changed examples, whether they succeed, and how far they are: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { distance, success } = await attacks.fab(model, x, { bounds: [-1, 1], norm: 'linf', steps: 10 });
 * console.log(distance, success);
 * ```
 */
export async function fab(model: Model, x: Input, options: FabOptions): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: fabChecks,
    plan({ norm = 'l2', steps = 100, targets }, field) {
      const few = field.classes <= 10 || field.all.goals !== undefined;
      const settings = { norm, steps, targets: targets ?? (few ? undefined : 9) };
      return { method: 'fab', norm, steps: fabCalls(settings, field), run: (batch) => fabRun(batch, settings) };
    },
  });
}

const fabChecks: OptionChecks<FabOptions> = {
  ...attackChecks,
  norm: oneOf(['l2', 'linf']),
  steps: count(1),
  targets: integer(1),
};
