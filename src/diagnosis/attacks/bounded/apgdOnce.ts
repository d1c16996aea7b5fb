import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import type { AttackBatch } from '../field/attackBatch.ts';
import { type Ball, lengthOf, projected, steepest } from '../field/ball.ts';
import type { AttackLoss } from '../field/losses.ts';
import { ascend, type Place } from './ascend.ts';
import type { Climbed } from './history.ts';
import { startsOf } from './starts.ts';
import { type StepSizes, stepSizes } from './stepSizes.ts';
import { rowsWhere } from './strongest.ts';

/** How one run of APGD goes. */
export interface ApgdOnce {
  readonly ball: Ball;
  readonly loss: AttackLoss;
  readonly steps: number;
  readonly stopsEarly: boolean;
  /** The number of the random start. */
  readonly stream: number;
}

/** One run from a random start: steps with momentum, shorter and from the best place on where the loss no longer rises. */
export async function apgdOnce(batch: AttackBatch, { stream, ...run }: ApgdOnce): Promise<Climbed> {
  const start = await inSlices(startsOf(batch, run.ball, { from: 'surface', stream }), batch);
  const sizes = stepSizes(batch.labels.length, run.steps);
  return ascend(batch, {
    ...run,
    start,
    memories: 3,
    onSeen: (losses, step) => sizes.seen(losses.data, step),
    move: (place, step) => moved(place, { ball: run.ball, sizes, step }),
  });
}

interface Motion {
  readonly ball: Ball;
  readonly sizes: StepSizes;
  readonly step: number;
}

// Algorithm 1, Croce and Hein 2020, lines 7 and 8, after what lines 9 to 15 say of where the last step has led.
function moved(
  { x, current, gradient, memory }: Place,
  { ball, sizes, step }: Motion,
): { readonly next: Tensor; readonly memory: readonly Tensor[] } {
  const [previous, bestBefore, bestGradientBefore] = memory as [Tensor, Tensor, Tensor];
  const best = rowsWhere(sizes.improved, current, bestBefore);
  const bestGradient = rowsWhere(sizes.improved, gradient, bestGradientBefore);
  const from = rowsWhere(sizes.restarted, best, current);
  const ascent = steepest(rowsWhere(sizes.restarted, bestGradient, gradient), ball.norm);
  const factors = tf.reshape(tf.tensor1d([...sizes.factors]), [-1, ...x.shape.slice(1).fill(1)]);
  const z = projected(tf.add(from, tf.mul(ascent, tf.mul(factors, lengthOf(ball)))), x, ball);
  const share = step === 1 ? 1 : MOMENTUM;
  const onward = tf.add(tf.mul(share, tf.sub(z, from)), tf.mul(1 - share, tf.sub(from, previous)));
  return { next: projected(tf.add(from, onward), x, ball), memory: [from, best, bestGradient] };
}

/** How much of a step is its own; the rest is what the step before was. */
const MOMENTUM = 0.75;
