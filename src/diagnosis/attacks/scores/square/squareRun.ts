import { inTurn } from '../../../../backend/inTurn.ts';
import { type NdArray, rowOf } from '../../../../numeric/ndarray.ts';
import { type Random, random } from '../../../../numeric/random.ts';
import type { AttackBatch } from '../../field/attackBatch.ts';
import type { Ball } from '../../field/ball.ts';
import { imageSize } from '../imageSize.ts';
import { bumpsEverywhere, movedBump } from './bumps.ts';
import { type Picture, type Proposal, squareAt, stripes, withProposal } from './proposals.ts';
import type { SquareSchedule } from './squareSchedule.ts';
import { type Trial, type Trials, trialsOf } from './trials.ts';

/** How squares are searched. */
export interface SquareSettings {
  readonly ball: Ball;
  readonly evaluations: number;
  readonly schedule: SquareSchedule;
}

/** One picture, how far it is, and the source of its random numbers. */
interface Searched extends Picture {
  readonly row: number;
  current: Float32Array;
  /** By how much the label is beaten; above 0 the search has succeeded. */
  loss: number;
  readonly random: Random;
}

/** Searches squares for examples that are attacked together. */
export async function squareRun(batch: AttackBatch, settings: SquareSettings): Promise<NdArray> {
  const pictures = picturesOf(batch);
  const trials = trialsOf(batch);
  try {
    await inTurn(
      turnsOf(pictures, settings),
      (turn) => ({ losses: trials.losses(turn) }),
      ({ losses }, turn) => {
        decided(trials, turn, losses.data);
        batch.onStep();
      },
      batch.signal,
    );
  } finally {
    trials.dispose();
  }
  const data = new Float32Array(batch.x.data.length);
  pictures.forEach(({ current, row }) => data.set(current, row * current.length));
  return { shape: batch.x.shape, data };
}

function picturesOf(batch: AttackBatch): readonly Searched[] {
  const size = imageSize(batch.x, 'square');
  return batch.examples.map((example, row): Searched => {
    const original = rowOf(batch.x, row);
    const source = random(batch.seed, example, STREAM);
    return { row, size, original, current: original, loss: Number.NEGATIVE_INFINITY, random: source };
  });
}

interface Turn extends Trial {
  readonly picture: Searched;
  /** The first proposal of a picture is taken however it is. */
  readonly isFirst: boolean;
}

const byNorm = {
  linf: { first: stripes, next: squareAt },
  l2: { first: bumpsEverywhere, next: movedBump },
};

/** What is proposed for the pictures that still need it, query by query. */
function* turnsOf(
  pictures: readonly Searched[],
  { ball, evaluations, schedule }: SquareSettings,
): Generator<readonly Turn[]> {
  const shapes = byNorm[ball.norm];
  for (let query = 0; query < evaluations; query++) {
    const open = pictures.filter(({ loss }) => loss <= 0);
    if (open.length === 0) return;
    const propose = (picture: Searched): Proposal =>
      query === 0
        ? shapes.first(picture, ball, picture.random)
        : shapes.next(picture, ball, { query, schedule, random: picture.random });
    yield open.map((picture) => ({ row: picture.row, picture, proposal: propose(picture), isFirst: query === 0 }));
  }
}

/** Takes what helps, as the released code does: where the loss grows, or the label is no longer ahead. */
function decided(trials: Trials, turn: readonly Turn[], losses: Float32Array): void {
  const accepted = turn.map(({ picture, isFirst }, i) => {
    const loss = losses[i] as number;
    return isFirst || loss > picture.loss || loss >= 0;
  });
  trials.decide(accepted);
  turn.forEach(({ picture, proposal }, i) => {
    if (!accepted[i]) return;
    picture.current = withProposal(picture, proposal);
    picture.loss = losses[i] as number;
  });
}

/** Of the random numbers of this attack. */
const STREAM = 30;
