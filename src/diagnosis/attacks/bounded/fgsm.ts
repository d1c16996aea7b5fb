import * as tf from '@tensorflow/tfjs-core';
import { onceInTurn } from '../../../backend/inTurn.ts';
import type { Input, Model } from '../../../network/types.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { type AttackBatch, climb } from '../field/attackBatch.ts';
import { attackedBy } from '../field/attackedBy.ts';
import type { Norm } from '../field/attackOptions.ts';
import { type Ball, ballOf, lengthOf, steepest } from '../field/ball.ts';
import { clipped } from '../field/inputSpace.ts';
import { type AttackLoss, lossNamed } from '../field/losses.ts';
import type { Adversarial } from '../types.ts';
import { type OneStepOptions, oneStepChecks } from './boundedOptions.ts';

/**
 * The fast gradient sign method: one step of the whole budget, up the loss in every number at once.
 *
 * $x' = \mathrm{clip}\bigl(x + \varepsilon\,\mathrm{sign}\,\nabla_x L(x, y)\bigr)$; towards a goal t, $L$ is minus its cross-entropy.
 * It takes one gradient and is the weakest of the attacks that use any.
 *
 * Source: Goodfellow et al. 2015, "Explaining and harnessing adversarial examples", section 4.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options the budget in the greatest norm, and how far inputs reach: {@link OneStepOptions}.
 * @returns changed examples, whether they succeed, and how far they are: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, classes } = await attacks.fgsm(model, x, { epsilon: 0.1, bounds: [-1, 1] });
 * console.log(success, classes.after);
 * ```
 */
export async function fgsm(model: Model, x: Input, options: OneStepOptions): Promise<Adversarial> {
  return oneStep(model, x, options, 'fgsm', 'linf');
}

/**
 * The fast gradient method: one step along the gradient, whose Euclidean length is the whole budget.
 *
 * $x' = \mathrm{clip}\bigl(x + \varepsilon\,\nabla_x L(x, y) / \lVert\nabla_x L(x, y)\rVert_2\bigr)$, the step of {@link fgsm} in the
 * Euclidean norm.
 *
 * Source: Miyato et al. 2017, "Adversarial training methods for semi-supervised text classification", Eq. (5).
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options the budget in the Euclidean norm, and how far inputs reach: {@link OneStepOptions}.
 * @returns changed examples, whether they succeed, and how far they are: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { success, distance } = await attacks.fgm(model, x, { epsilon: 1, bounds: [-1, 1], criterion: { target: 2 } });
 * console.log(success, distance);
 * ```
 */
export async function fgm(model: Model, x: Input, options: OneStepOptions): Promise<Adversarial> {
  return oneStep(model, x, options, 'fgm', 'l2');
}

async function oneStep(
  model: Model,
  x: Input,
  options: OneStepOptions,
  method: string,
  norm: Norm,
): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: oneStepChecks,
    plan({ epsilon, loss = 'crossEntropy' }, { all, space, classes }) {
      const ball = ballOf(norm, epsilon, space);
      const climbed = lossNamed(loss, { classes, isTargeted: all.goals !== undefined });
      return { method, norm, steps: 1, run: (batch) => movedOnce(batch, ball, climbed) };
    },
  });
}

async function movedOnce(batch: AttackBatch, ball: Ball, loss: AttackLoss): Promise<NdArray> {
  const { moved } = await onceInTurn(() => {
    const x = rowsOf(batch.x, 0, batch.labels.length);
    const { gradient } = climb(batch, x, loss);
    return { moved: clipped(tf.add(x, tf.mul(lengthOf(ball), steepest(gradient, ball.norm))), ball.space) };
  }, batch.signal);
  batch.onStep();
  return moved;
}
