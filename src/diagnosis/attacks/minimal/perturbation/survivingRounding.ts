import { inSlices } from '../../../../backend/inTurn.ts';
import { type NdArray, rowOf, sizeOf } from '../../../../numeric/ndarray.ts';
import { someOf, stackedRows } from '../../field/attackBatch.ts';
import { lengthsOf } from '../../field/attackedBy.ts';
import { type AttackField, verdictOf } from '../../field/attackField.ts';
import { rounded, within } from '../../field/inputSpace.ts';
import type { Adversarial } from '../../types.ts';
import type { MinimalPerturbation } from './types.ts';

/**
 * Lengthens changes until they still reach their aim when they are stored in 8 bits: by a quarter at a time, then by halving
 * what is between the last two. What no length does stays as it was, rounded.
 */
export async function survivingRounding(
  field: AttackField,
  found: Adversarial,
): Promise<MinimalPerturbation['shades']> {
  const { all, space, options } = field;
  const rows = found.success.flatMap((isReached, row) => (isReached && !field.initial[row] ? [row] : []));
  const data = (await inSlices(rounded(found.adversarial, space), options)).data;
  const success = [...found.rounded];
  const size = sizeOf(all.x.shape.slice(1));
  const factors = rows.map(() => ({ low: 0, high: Number.POSITIVE_INFINITY, tried: 1 }));
  for (let round = 0; round < GROWTHS + HALVINGS; round++) {
    const going = rows.map((_, i) => i).filter((i) => isGoing(factors[i] as Factor, round));
    if (going.length === 0) continue;
    const chosen = going.map((i) => rows[i] as number);
    const longer = going.map((i) =>
      lengthened(all.x, found.adversarial, rows[i] as number, (factors[i] as Factor).tried),
    );
    const shades = await inSlices(rounded(within(stackedRows(longer, all.x), space), space), options);
    const { reached } = await verdictOf(someOf(all, chosen), shades, options);
    going.forEach((i, at) => {
      const factor = factors[i] as Factor;
      const row = rows[i] as number;
      if (reached[at]) {
        factor.high = factor.tried;
        success[row] = true;
        data.set(rowOf(shades, at), row * size);
      } else factor.low = factor.tried;
      factor.tried = Number.isFinite(factor.high) ? (factor.low + factor.high) / 2 : 1.25 * factor.tried;
    });
  }
  const adversarial = { shape: all.x.shape, data };
  const lengths = await inSlices(lengthsOf(adversarial, all.x), options);
  return { adversarial, success, distance: lengths[found.norm] };
}

interface Factor {
  low: number;
  high: number;
  tried: number;
}

/** Lengths grow first and are halved after; a change that survives at its own length needs neither. */
function isGoing({ low, high }: Factor, round: number): boolean {
  if (high === 1) return false;
  return round < GROWTHS ? !Number.isFinite(high) : Number.isFinite(high) && low > 0;
}

function lengthened(x: NdArray, moved: NdArray, row: number, factor: number): Float32Array {
  const start = rowOf(x, row);
  return rowOf(moved, row).map((value, i) => {
    const from = start[i] as number;
    return from + factor * (value - from);
  });
}

/** A change 1.25²⁰ ≈ 87 times as long is another change. */
const GROWTHS = 20;
const HALVINGS = 6;
