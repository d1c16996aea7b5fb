import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import type { AttackBatch } from '../field/attackBatch.ts';
import { assertLength, type Ball, type Epsilon, lengthOf, projected, steepest } from '../field/ball.ts';
import { type Ascent, ascend } from './ascend.ts';
import type { Climbed } from './history.ts';
import { startsOf } from './starts.ts';

/** How {@link pgdRun} goes up. */
export interface PgdSettings extends Pick<Ascent, 'ball' | 'steps' | 'loss' | 'stopsEarly'> {
  readonly stepSize: Epsilon;
  readonly randomStart: boolean;
}

/** Steps of one length, each brought back into the ball. */
export async function pgdRun(batch: AttackBatch, settings: PgdSettings): Promise<Climbed> {
  const { ball, stepSize, randomStart } = settings;
  const start = randomStart ? await inSlices(startsOf(batch, ball, { from: 'ball', stream: 0 }), batch) : undefined;
  return ascend(batch, {
    ...settings,
    start,
    memories: 0,
    move({ x, current, gradient }) {
      const step = tf.mul(lengthOf({ epsilon: stepSize }), steepest(gradient, ball.norm));
      return { next: projected(tf.add(current, step), x, ball), memory: [] };
    },
  });
}

/** How far a step goes: as is said, or such that all steps together are 2.5 times as long as the ball is wide. */
export function stepOf(stepSize: Epsilon | undefined, { norm, epsilon, space }: Ball, steps: number): Epsilon {
  if (stepSize !== undefined) {
    assertLength('stepSize', stepSize, { norm, space });
    return stepSize;
  }
  const share = 2.5 / steps;
  return typeof epsilon === 'number' ? share * epsilon : epsilon.map((length) => share * length);
}
