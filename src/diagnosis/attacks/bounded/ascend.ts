import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSteps } from '../../../backend/inSteps.ts';
import { readTensor } from '../../../backend/inTurn.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { type AttackBatch, aimOf, climb, reached, scoresOf } from '../field/attackBatch.ts';
import { type Ball, projected } from '../field/ball.ts';
import type { AttackLoss } from '../field/losses.ts';
import type { Climbed } from './history.ts';
import { countedFor, rowsWhere, strongestOf } from './strongest.ts';

/** Where an ascent stands. */
export interface Place {
  /** The examples as they are. */
  readonly x: Tensor;
  readonly current: Tensor;
  /** Of the loss, where it stands. */
  readonly gradient: Tensor;
  /** What was remembered of earlier steps. */
  readonly memory: readonly Tensor[];
}

/** How to go up a loss within a ball. */
export interface Ascent {
  readonly ball: Ball;
  readonly steps: number;
  readonly loss: AttackLoss;
  readonly stopsEarly: boolean;
  /** Where to begin, brought into the ball first; at the examples themselves by default, which are no result. */
  readonly start?: NdArray | undefined;
  /** How many tensors are remembered, all where it begins at first. */
  readonly memories: number;
  /** The next place and what to remember there: new tensors, or some of those that it is given. */
  readonly move: (place: Place, step: number) => { readonly next: Tensor; readonly memory: readonly Tensor[] };
  /** Is told the loss of each example where it stands, before the next step. */
  readonly onSeen?: (losses: NdArray, step: number) => void;
}

/** Goes up a loss; the strongest place that each example comes by is kept, and its losses. */
export async function ascend(batch: AttackBatch, ascent: Ascent): Promise<Climbed> {
  const { steps, stopsEarly, start, onSeen } = ascent;
  const strongest = strongestOf(batch.labels.length, stopsEarly);
  const losses = batch.labels.map((): number[] => []);
  let isStronger: readonly boolean[] = batch.labels.map(() => false);
  const isOver = (row: number): boolean => stopsEarly && (strongest.reached[row] as boolean);
  const changed = await inSteps(
    {
      start: () => begun(batch, ascent),
      last: steps,
      step: (state, step) =>
        stepped(
          countedFor(batch, (row) => !isOver(row)),
          ascent,
          { state: named(state), isStronger, step },
        ),
      signal: batch.signal,
    },
    (part, step, stop) => {
      losses.forEach((list, row) => !isOver(row) && list.push(part.loss.data[row] as number));
      isStronger =
        step > 0 || start ? strongest.beatenBy(part.loss.data, part.reached.data) : isStronger.map(() => false);
      onSeen?.(part.loss, step);
      batch.onStep();
      if (stopsEarly && strongest.reached.every((isReached) => isReached)) stop();
    },
    (state) => readAndFree(() => foundIn(named(state), isStronger)),
  );
  return { changed, losses, strongest };
}

interface State extends Place {
  readonly found: Tensor;
}

function named([x, current, gradient, found, ...memory]: readonly Tensor[]): State {
  return { x, current, gradient, found, memory } as State;
}

function begun(batch: AttackBatch, { ball, start, memories }: Ascent): readonly Tensor[] {
  const count = batch.labels.length;
  const x = rowsOf(batch.x, 0, count);
  const first = start ? projected(rowsOf(start, 0, count), x, ball) : tf.clone(x);
  return [x, first, tf.zerosLike(x), ...Array.from({ length: 1 + memories }, () => tf.clone(first))];
}

interface Standing {
  readonly state: State;
  readonly isStronger: readonly boolean[];
  readonly step: number;
}

/** Moves on from where the loss was seen before, and looks there. The last place needs no gradient. */
function stepped(
  batch: AttackBatch,
  { loss, move, steps }: Ascent,
  { state, isStronger, step }: Standing,
): { readonly next: readonly Tensor[]; readonly read: { readonly loss: Tensor; readonly reached: Tensor1D } } {
  const aim = aimOf(batch);
  const { next, memory } = step === 0 ? { next: state.current, memory: state.memory } : move(state, step);
  const found = step === 0 ? state.found : foundIn(state, isStronger);
  if (step === steps) {
    const scores = scoresOf(batch, next);
    return {
      next: [state.x, next, state.gradient, found, ...memory],
      read: { loss: loss(scores, aim).values, reached: reached(scores, aim) },
    };
  }
  const seen = climb(batch, next, loss, aim);
  return {
    next: [state.x, next, seen.gradient, found, ...memory],
    read: { loss: seen.loss, reached: reached(seen.scores, aim) },
  };
}

function foundIn({ current, found }: State, isStronger: readonly boolean[]): Tensor {
  return rowsWhere(isStronger, current, found);
}

async function readAndFree(make: () => Tensor): Promise<NdArray> {
  const tensor = tf.tidy(make);
  try {
    return await readTensor(tensor);
  } finally {
    tensor.dispose();
  }
}
