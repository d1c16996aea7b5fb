import type { Input, Model } from '../../../network/types.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { count, integer, type OptionChecks } from '../../../numeric/options.ts';
import { attackedBy } from '../field/attackedBy.ts';
import type { AttackOptions } from '../field/attackOptions.ts';
import { ballOf } from '../field/ball.ts';
import { lossNamed } from '../field/losses.ts';
import type { Adversarial } from '../types.ts';
import { apgdCalls, apgdRun } from './apgdRun.ts';
import { type ClimbOptions, climbChecks } from './boundedOptions.ts';
import { withHistory } from './history.ts';

/** What {@link apgd} takes. */
export type ApgdOptions = AttackOptions &
  ClimbOptions & {
    /** How many runs an example has at the most, each from a random start of its own; 1 by default. */
    readonly restarts?: number;
    /**
     * Towards how many of the classes that an example comes nearest to there are runs, one class after the other, each with its
     * loss as goal; any other class still counts as success. More than there
     * are is all. By default runs go away from the label.
     */
    readonly targets?: number;
  };

/**
 * Auto-PGD: projected gradient steps with momentum, whose length is halved, and which go on from the best place so far, where
 * the loss does not rise as it should. There is no step size to choose.
 *
 * $z_i = \Pi(x_i + \eta_i\,\mathrm{sign}\,\nabla L(x_i))$, $x_{i+1} = \Pi\bigl(x_i + \tfrac34(z_i - x_i) + \tfrac14(x_i - x_{i-1})\bigr)$ from a random
 * start on the surface of the ball, with $\eta_0 = 2\varepsilon$; 100 `steps` by default. Each example is looked at by itself and
 * has its own random numbers, so that its result does not depend on the others. `loss: 'dlr'` finds what the cross-entropy
 * misses where logits are far apart. Further restarts, and further `targets`, are only for examples that were not broken yet.
 *
 * Source: Croce and Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks", algorithm 1.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options the budget, how far inputs reach, and how the attack goes: {@link ApgdOptions}.
 * @returns changed examples, whether they succeed, how far they are, and the losses: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, the model has a single class, or too few for the loss.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, history } = await attacks.apgd(model, x, { epsilon: 0.1, bounds: [-1, 1], loss: 'dlr', steps: 20 });
 * console.log(success, history?.shape); // [21, 2]
 * ```
 */
export async function apgd(model: Model, x: Input, options: ApgdOptions): Promise<Adversarial> {
  const steps = options?.steps ?? 100;
  return withHistory(steps, (kept) =>
    attackedBy(model, x, options, {
      checks: apgdChecks,
      plan({ norm = 'linf', epsilon, loss = 'crossEntropy', restarts = 1, targets, stopsEarly = false }, field) {
        const isTargeted = field.all.goals !== undefined;
        if (isTargeted && targets !== undefined)
          throw new VitrineError('bad-argument', '"targets" expected only without a "criterion.target", got both');
        ballOf(norm, epsilon, field.space);
        lossNamed(loss, { classes: field.classes, isTargeted: isTargeted || targets !== undefined });
        const settings = { norm, epsilon, loss, steps, restarts, targets, stopsEarly };
        return {
          method: 'apgd',
          norm,
          steps: apgdCalls(settings, field),
          run: (batch) => kept(batch, apgdRun(batch, settings)),
        };
      },
    }),
  );
}

const apgdChecks: OptionChecks<ApgdOptions> = { ...climbChecks, restarts: count(1), targets: integer(1) };
