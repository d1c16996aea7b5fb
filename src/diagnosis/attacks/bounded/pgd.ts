import type { Input, Model } from '../../../network/types.ts';
import { anything, flag, type OptionChecks } from '../../../numeric/options.ts';
import { attackedBy } from '../field/attackedBy.ts';
import type { AttackOptions } from '../field/attackOptions.ts';
import { ballOf, type Epsilon } from '../field/ball.ts';
import { lossNamed } from '../field/losses.ts';
import type { Adversarial } from '../types.ts';
import { type ClimbOptions, climbChecks } from './boundedOptions.ts';
import { withHistory } from './history.ts';
import { pgdRun, stepOf } from './pgdRun.ts';

/** What {@link pgd} takes. */
export type PgdOptions = AttackOptions &
  ClimbOptions & {
    /** How far each step goes, as `epsilon`; 2.5 `epsilon` / `steps` by default, so that steps can cross the ball and turn. */
    readonly stepSize?: Epsilon;
    /** Whether an attack begins at a random place of the ball, each example at its own; true by default. */
    readonly randomStart?: boolean;
  };

/** What {@link bim} takes. */
export type BimOptions = AttackOptions & ClimbOptions & Pick<PgdOptions, 'stepSize'>;

/**
 * Projected gradient descent: steps up the loss, each brought back into the ball around the example and within the bounds.
 *
 * $x_{i+1} = \Pi\bigl(x_i + \alpha\,\mathrm{sign}\,\nabla_x L(x_i, y)\bigr)$, in the Euclidean norm the gradient over its length. All `steps` are
 * made, 40 by default. What is returned of each example is the iterate of the greatest loss among those that reach the aim, or
 * among all where none does; the example itself is never one of them.
 *
 * Source: Madry et al. 2018, "Towards deep learning models resistant to adversarial attacks", section 2.1.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options the budget, how far inputs reach, and how the attack goes: {@link PgdOptions}.
 * @returns changed examples, whether they succeed, how far they are, and the losses: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, the model has a single class, or too few for the loss.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, distance } = await attacks.pgd(model, x, { epsilon: 0.1, bounds: [-1, 1], steps: 10 });
 * console.log(success, distance);
 * ```
 */
export async function pgd(model: Model, x: Input, options: PgdOptions): Promise<Adversarial> {
  return climbed(model, x, options, { method: 'pgd', checks: pgdChecks, randomStart: true, steps: 40 });
}

/**
 * The basic iterative method: {@link pgd} that begins at the example itself, with 10 steps by default.
 *
 * Source: Kurakin et al. 2017, "Adversarial examples in the physical world", section 2.2.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options the budget, how far inputs reach, and how the attack goes: {@link BimOptions}.
 * @returns changed examples, whether they succeed, how far they are, and the losses: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, the model has a single class, or too few for the loss.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, history } = await attacks.bim(model, x, { epsilon: 0.1, bounds: [-1, 1] });
 * console.log(success, history?.shape); // [11, 2]
 * ```
 */
export async function bim(model: Model, x: Input, options: BimOptions): Promise<Adversarial> {
  return climbed(model, x, options, { method: 'bim', checks: bimChecks, randomStart: false, steps: 10 });
}

const bimChecks: OptionChecks<BimOptions> = { ...climbChecks, stepSize: anything };
const pgdChecks: OptionChecks<PgdOptions> = { ...bimChecks, randomStart: flag };

interface Habits<O> {
  readonly method: string;
  readonly checks: OptionChecks<O>;
  readonly randomStart: boolean;
  readonly steps: number;
}

async function climbed<O extends BimOptions & { readonly randomStart?: boolean }>(
  model: Model,
  x: Input,
  options: O,
  habits: Habits<O>,
): Promise<Adversarial> {
  const steps = options?.steps ?? habits.steps;
  return withHistory(steps, (kept) =>
    attackedBy(model, x, options, {
      checks: habits.checks,
      plan(own, { all, space, classes }) {
        const { norm = 'linf', loss = 'crossEntropy', stopsEarly = false, randomStart = habits.randomStart } = own;
        const ball = ballOf(norm, own.epsilon, space);
        const settings = {
          ball,
          steps,
          stepSize: stepOf(own.stepSize, ball, steps),
          loss: lossNamed(loss, { classes, isTargeted: all.goals !== undefined }),
          randomStart,
          stopsEarly,
        };
        return { method: habits.method, norm, steps: steps + 1, run: (batch) => kept(batch, pgdRun(batch, settings)) };
      },
    }),
  );
}
