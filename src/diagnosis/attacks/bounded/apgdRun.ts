import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../../backend/portable.ts';
import { rowOf, sizeOf } from '../../../numeric/ndarray.ts';
import { type AttackBatch, someOf } from '../field/attackBatch.ts';
import type { Norm } from '../field/attackOptions.ts';
import { ballOf, type Epsilon } from '../field/ball.ts';
import { type AttackLoss, type LossName, lossNamed } from '../field/losses.ts';
import { rivalsOf } from '../minimal/slopes.ts';
import { apgdOnce } from './apgdOnce.ts';
import type { Climbed } from './history.ts';
import { strongestOf } from './strongest.ts';

/** How APGD goes about a batch. */
export interface ApgdSettings {
  readonly norm: Norm;
  readonly epsilon: Epsilon;
  readonly loss: LossName;
  readonly steps: number;
  /** How many runs of its own start each example has at the most; 1 by default. */
  readonly restarts?: number;
  /** Towards how many of the next classes there are runs, one class after the other, where any other class will do. */
  readonly targets?: number | undefined;
  readonly stopsEarly?: boolean;
}

/** Runs of APGD, each on the examples that no run before has brought to their aim. */
export async function apgdRun(batch: AttackBatch, settings: ApgdSettings): Promise<Climbed> {
  const { norm, epsilon, restarts = 1, targets, steps, stopsEarly = false } = settings;
  const isTargeted = batch.goals !== undefined || targets !== undefined;
  const loss = lossNamed(settings.loss, { classes: batch.classes, isTargeted });
  const run = { ball: ballOf(norm, epsilon, batch.space), loss, steps, stopsEarly };
  const rivals = targets === undefined ? undefined : await rivalsOf(batch, targets);
  const gathered = gatheredOf(batch);
  const ranks = rivals?.[0]?.length ?? 1;
  for (let stream = 0; stream < ranks * restarts; stream++) {
    const rows = gathered.left();
    if (rows.length === 0) break;
    const rank = Math.floor(stream / restarts);
    const goals = rivals && rows.map((row) => rivals[row]?.[rank] as number);
    const climbed = goals ? towardsOf(loss, batch, goals) : loss;
    gathered.add(rows, await apgdOnce(someOf(batch, rows), { ...run, loss: climbed, stream }));
  }
  return gathered;
}

/** How often a batch takes a step at the most. */
export function apgdCalls(
  { steps, restarts = 1, targets }: ApgdSettings,
  { classes }: Pick<AttackBatch, 'classes'>,
): number {
  return (steps + 1) * restarts * Math.min(targets ?? 1, classes - 1);
}

/** The strongest of what several runs give. */
interface Gathered extends Climbed {
  /** The rows that no run has brought to their aim. */
  left(): readonly number[];
  add(rows: readonly number[], found: Climbed): void;
}

function gatheredOf({ x, labels }: AttackBatch): Gathered {
  const strongest = strongestOf(labels.length, true);
  const data = Float32Array.from(x.data);
  const losses = labels.map((): readonly number[] => []);
  const size = sizeOf(x.shape.slice(1));
  return {
    changed: { shape: x.shape, data },
    losses,
    strongest,
    left: () => labels.flatMap((_, row) => (strongest.reached[row] ? [] : [row])),
    add(rows, found) {
      const of = <T>(values: readonly T[], other: T): readonly T[] =>
        labels.map((_, row) => (rows.includes(row) ? (values[rows.indexOf(row)] as T) : other));
      const reached = of(found.strongest.reached, false).map(Number);
      const isStronger = strongest.beatenBy(of(found.strongest.losses, Number.NEGATIVE_INFINITY), reached);
      rows.forEach((row, i) => {
        if (!isStronger[row]) return;
        data.set(rowOf(found.changed, i), row * size);
        losses[row] = found.losses[i] as readonly number[];
      });
    },
  };
}

/** The loss towards classes of rows, whichever class may be reached. */
function towardsOf(loss: AttackLoss, { classes }: AttackBatch, goals: readonly number[]): AttackLoss {
  return (scores, { labels }) => loss(scores, { labels, goals: oneHot(tf.tensor1d([...goals], 'int32'), classes) });
}
