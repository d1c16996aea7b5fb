import { onceInTurn } from '../../../../backend/inTurn.ts';
import { rowsOf } from '../../../../network/walk/inputs.ts';
import { type NdArray, rowOf } from '../../../../numeric/ndarray.ts';
import { random } from '../../../../numeric/random.ts';
import { type AttackBatch, aimOf, reached, scoresOf, someOf, stackedRows } from '../../field/attackBatch.ts';
import type { Norm } from '../../field/attackOptions.ts';
import { within } from '../../field/inputSpace.ts';
import { lengthOf } from './refined.ts';

/** How random directions are tried. */
export interface RandomSearch {
  readonly norm: Norm;
  /** How many directions. */
  readonly directions: number;
  /** A length to begin with. */
  readonly length: number;
  /** How often a length is doubled, and then how often what is between two lengths is halved. */
  readonly doublings: number;
  readonly halvings: number;
}

/**
 * The greatest length that was tried at which none of some random directions brings an example to its aim. A change found by
 * gradients is one that noise does not find if it is much shorter.
 */
export async function harmlessLength(batch: AttackBatch, row: number, search: RandomSearch): Promise<number> {
  const one = someOf(batch, [row]);
  const directions = drawn(one, search);
  let [low, high, length] = [0, Number.POSITIVE_INFINITY, search.length];
  for (let i = 0; i < search.doublings && !Number.isFinite(high); i++) {
    if (await isHarmful(one, directions, length)) high = length;
    else [low, length] = [length, 2 * length];
  }
  if (!Number.isFinite(high)) return low;
  for (let i = 0; i < search.halvings; i++) {
    const between = (low + high) / 2;
    if (await isHarmful(one, directions, between)) high = between;
    else low = between;
  }
  return low;
}

/** Directions of length 1, each from a source of its own. */
function drawn({ x, examples, seed }: AttackBatch, { norm, directions }: RandomSearch): readonly Float64Array[] {
  return Array.from({ length: directions }, (_, i) => {
    const { normal, uniform } = random(seed, examples[0] as number, STREAM, i);
    const direction = Float64Array.from(rowOf(x, 0), () => (norm === 'l2' ? normal() : uniform() < 0.5 ? -1 : 1));
    const length = lengthOf(direction, norm);
    return direction.map((value) => value / length);
  });
}

async function isHarmful(one: AttackBatch, directions: readonly Float64Array[], length: number): Promise<boolean> {
  const start = rowOf(one.x, 0);
  for (const direction of directions) {
    const moved = stackedRows([start.map((value, i) => value + length * (direction[i] as number))], one.x);
    const x: NdArray = within(moved, one.space);
    const found = await onceInTurn(
      () => ({ reached: reached(scoresOf(one, rowsOf(x, 0, 1)), aimOf(one)) }),
      one.signal,
    );
    if (found.reached.data[0] === 1) return true;
  }
  return false;
}

/** The number of these draws among those of attacks. */
const STREAM = 50;
