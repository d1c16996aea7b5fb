import { inSlices } from '../../../backend/inTurn.ts';
import { type NdArray, rowOf, sizeOf } from '../../../numeric/ndarray.ts';
import { rowsChosen, someOf } from '../field/attackBatch.ts';
import { changedRows, lengthsOf } from '../field/attackedBy.ts';
import { type AttackField, type Verdict, verdictOf } from '../field/attackField.ts';
import type { Ball } from '../field/ball.ts';
import type { ChangeLengths } from '../types.ts';
import type { PlannedAttack } from './plannedAttacks.ts';
import type { AttackRound } from './types.ts';

/** What attacks, one after the other, have left. */
export interface Survival {
  /** The examples as they were broken; of those that are left, the changed ones that came nearest. */
  readonly changed: NdArray;
  /** The attack that broke each example. */
  readonly brokenBy: readonly (string | null)[];
  readonly rounds: readonly AttackRound[];
}

/** Makes attacks one after the other, each on the examples that nothing has broken yet. */
export async function survivors(
  field: AttackField,
  { attacks, ball, standing }: { attacks: readonly PlannedAttack[]; ball: Ball; standing: readonly number[] },
): Promise<Survival> {
  const { x } = field.all;
  const count = field.initial.length;
  const changed = Float32Array.from(x.data);
  const size = sizeOf(x.shape.slice(1));
  const brokenBy = new Array<string | null>(count).fill(null);
  const nearest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const rounds: AttackRound[] = [];
  let left = standing;
  for (const attack of attacks) {
    const found = await attacked(field, attack, left, ball);
    found.forEach(({ row, example, gain, isBroken }) => {
      if (isBroken) brokenBy[row] = attack.name;
      if (gain <= (nearest[row] as number)) return;
      nearest[row] = gain;
      changed.set(example, row * size);
    });
    const after = left.filter((row) => brokenBy[row] === null);
    const counts = { tried: left.length, broken: left.length - after.length, accuracy: after.length / count };
    rounds.push({ attack: attack.name, ...counts });
    left = after;
  }
  return { changed: { shape: x.shape, data: changed }, brokenBy, rounds };
}

interface Found {
  readonly row: number;
  readonly example: Float32Array;
  /** By how much the label is beaten. */
  readonly gain: number;
  readonly isBroken: boolean;
}

/** What an attack makes of some examples, looked at once more; what it has changed too far does not count. */
async function attacked(
  field: AttackField,
  attack: PlannedAttack,
  rows: readonly number[],
  ball: Ball,
): Promise<readonly Found[]> {
  if (rows.length === 0) return [];
  const { all, options } = field;
  const found = await changedRows(field, rows, attack.run, { method: attack.name, steps: attack.steps });
  const some = someOf(all, rows);
  const moved = rowsChosen(found, rows);
  const verdict = await verdictOf(some, moved, options);
  const lengths = await inSlices(lengthsOf(moved, some.x), options);
  const isWithin = withinBall(moved, some.x, { ball, lengths });
  return rows.flatMap((row, i) => {
    const example = rowOf(moved, i);
    if (!isWithin[i]) return [];
    const isBroken = verdict.reached[i] as boolean;
    // What counts is the verdict, also where two scores are equal.
    return [
      {
        row,
        example,
        isBroken,
        gain: isBroken ? Number.POSITIVE_INFINITY : gainOf(verdict, i, some.labels[i] as number),
      },
    ];
  });
}

function gainOf({ scores }: Verdict, i: number, label: number): number {
  const row = rowOf(scores, i);
  const others = row.filter((_, k) => k !== label);
  return Math.max(...others) - (row[label] as number);
}

/** How much further than allowed rounding to 32 bits may lead. */
const SLACK = 1e-6;

/** Which changed examples are near enough to what they were. */
function withinBall(
  moved: NdArray,
  x: NdArray,
  { ball: { norm, epsilon, space }, lengths }: { readonly ball: Ball; readonly lengths: ChangeLengths },
): readonly boolean[] {
  const channels = space.low.length;
  const slack = SLACK * space.high.reduce((most, high, c) => Math.max(most, high - (space.low[c] as number)), 0);
  if (typeof epsilon === 'number') return Array.from(lengths[norm], (length) => length <= epsilon + slack);
  return Array.from({ length: x.shape[0] as number }, (_, i) => {
    const from = rowOf(x, i);
    return rowOf(moved, i).every(
      (value, place) => Math.abs(value - (from[place] as number)) <= (epsilon[place % channels] as number) + slack,
    );
  });
}
