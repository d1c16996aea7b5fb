import { type NdArray, rowOf } from '../../../../numeric/ndarray.ts';
import { type AttackBatch, someOf, stackedRows } from '../../field/attackBatch.ts';
import type { Norm } from '../../field/attackOptions.ts';
import { within } from '../../field/inputSpace.ts';
import { margin } from '../../field/losses.ts';
import { type Nearest, nearestOf } from '../nearest.ts';
import { dualLength, lookAt, marginsOf } from '../slopes.ts';

/** How a change is made shorter. */
export interface Refinement {
  readonly norm: Norm;
  readonly steps: number;
  /** How often what is left is halved at the end, on the line back to the example. */
  readonly halvings: number;
}

/** Makes changes shorter that reach their aim; examples without one stay as they are. */
export async function refined(batch: AttackBatch, found: NdArray, settings: Refinement): Promise<NdArray> {
  const nearest = nearestOf(batch, settings.norm);
  nearest.see(
    batch.labels.map((_, row) => row),
    found,
    await marginsOf(batch, found),
  );
  const rows = batch.labels.flatMap((_, row) => (Number.isFinite(nearest.distances[row]) ? [row] : []));
  if (rows.length === 0) return nearest.changed;
  await shortened(batch, nearest, { ...settings, rows });
  await drawnBack(batch, nearest, { rows, halvings: settings.halvings, onStep: batch.onStep });
  return nearest.changed;
}

/** A change of an example as a length and a direction. */
interface Shot {
  readonly row: number;
  change: Float64Array;
  length: number;
}

/**
 * Steps up the margin, each brought to a length that shrinks while the aim is reached and grows while it is not.
 *
 * Source: Rony et al. 2019, "Decoupling direction and norm for efficient gradient-based L2 adversarial attacks", algorithm 1,
 * with the margin in place of the cross-entropy, whose gradient does not vanish.
 */
async function shortened(
  batch: AttackBatch,
  nearest: Nearest,
  { rows, steps, norm }: Refinement & { readonly rows: readonly number[] },
): Promise<void> {
  const some = someOf(batch, rows);
  const shots = rows.map((row): Shot => {
    const start = rowOf(batch.x, row);
    const change = Float64Array.from(rowOf(nearest.changed, row), (value, i) => value - (start[i] as number));
    return { row, change, length: lengthOf(change, norm) };
  });
  let at = stackedRows(
    rows.map((row) => rowOf(nearest.changed, row)),
    batch.x,
  );
  for (let step = 0; step < steps; step++) {
    const { gradient, margins } = await lookAt(some, at, margin);
    nearest.see(rows, at, margins);
    const share = 0.01 + 0.99 * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
    const moved = shots.map((shot, i) =>
      aimed(shot, {
        ascent: rowOf(gradient, i),
        isReached: (margins[i] as number) > 0,
        start: rowOf(some.x, i),
        share,
        norm,
      }),
    );
    at = within(stackedRows(moved, batch.x), batch.space);
    batch.onStep();
  }
  nearest.see(rows, at, await marginsOf(some, at));
}

interface Aiming {
  readonly ascent: Float32Array;
  readonly isReached: boolean;
  readonly start: Float32Array;
  readonly share: number;
  readonly norm: Norm;
}

/** Turns a change up the margin and gives it its new length. */
function aimed(shot: Shot, { ascent, isReached, start, share, norm }: Aiming): Float64Array {
  const width = dualLength(ascent, 'l2') + 1e-12;
  const before = shot.length;
  shot.change = shot.change.map(
    (value, i) =>
      value + share * before * (norm === 'linf' ? Math.sign(ascent[i] as number) : (ascent[i] as number) / width),
  );
  shot.length *= isReached ? 1 - PACE : 1 + PACE;
  const scale = norm === 'linf' ? 1 : shot.length / Math.max(lengthOf(shot.change, norm), 1e-12);
  shot.change = shot.change.map((value) =>
    norm === 'linf' ? Math.min(Math.max(value, -shot.length), shot.length) : value * scale,
  );
  return shot.change.map((value, i) => value + (start[i] as number));
}

/** γ of the paper. */
const PACE = 0.05;

/** Halves what is between the change and the nearest place on its line that is known to fail. */
async function drawnBack(
  batch: AttackBatch,
  nearest: Nearest,
  {
    rows,
    halvings,
    onStep,
  }: { readonly rows: readonly number[]; readonly halvings: number; readonly onStep: () => void },
): Promise<void> {
  const some = someOf(batch, rows);
  const ends = rows.map((row) => rowOf(nearest.changed, row).slice());
  const shares = rows.map(() => ({ low: 0, high: 1 }));
  for (let i = 0; i < halvings; i++) {
    const tried = shares.map(({ low, high }) => (low + high) / 2);
    const at = stackedRows(
      ends.map((end, j) =>
        rowOf(some.x, j).map((value, k) => value + (tried[j] as number) * ((end[k] as number) - value)),
      ),
      batch.x,
    );
    const margins = await marginsOf(some, at);
    nearest.see(rows, at, margins);
    shares.forEach((share, j) => {
      if ((margins[j] as number) > 0) share.high = tried[j] as number;
      else share.low = tried[j] as number;
    });
    onStep();
  }
}

/** The length of a change in a norm. */
export function lengthOf(change: Float64Array, norm: Norm): number {
  if (norm === 'l2') return dualLength(change, 'l2');
  return change.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
