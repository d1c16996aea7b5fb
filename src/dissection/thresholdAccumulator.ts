import type { Accumulator } from '../numeric/accumulator.ts';
import { assertInteger, assertRoom } from '../numeric/check.ts';
import { addAll, addRows, descending, type LargestValues, largestValues } from '../numeric/largestValues.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertCounted, packArrays, unpackArrays, unpacked } from '../numeric/packedArrays.ts';
import { assertFiniteActivations, assertUnits } from './assertActivations.ts';
import { assertQuantile } from './assertQuantile.ts';
import { tailLength } from './tailLength.ts';

/** Options of {@link thresholdAccumulator}. */
export interface ThresholdOptions {
  /** The number of units. */
  readonly units: number;
  /** The number of values each unit will have in the end, or more: images × positions. */
  readonly positions: number;
  /** The share of values above a threshold at most, τ; 0.005 by default. */
  readonly quantile?: number;
  /** In which precision values are kept: that of activations, or that of activations that were resized. */
  readonly precision?: 'float32' | 'float64';
}

/** What {@link thresholdAccumulator} has seen. */
export interface ThresholdState {
  readonly largest: LargestValues;
  positions: number;
}

/**
 * The threshold of each unit, exactly: the least value $T$ that was observed with $\#\{a > T\} \le \tau N$.
 *
 * Of each unit the $\lfloor \tau N \rfloor + 1$ largest values are kept, which no order and no sharding changes.
 *
 * Source: Bau et al. 2017, "Network Dissection", §3.1, with an exact quantile in place of a sketch.
 *
 * @param options `units`; `positions`, of all images together; `quantile`, `precision`.
 * @returns an accumulator of activations `[…, units]`, whose result is one threshold per unit.
 * @throws {RangeError} if an option is out of its range, activations are not finite or of other units, there are more
 * of them than announced or none at all, or bytes are not those of such a state.
 * @example
 * ```ts
 * import { thresholdAccumulator } from 'vitrine';
 * const thresholds = thresholdAccumulator({ units: 2, positions: 4, quantile: 0.25 });
 * const state = thresholds.create();
 * thresholds.add(state, { shape: [2, 2, 2], data: Float32Array.of(1, 5, 2, 5, 3, 5, 4, 5) });
 * console.log(thresholds.extract(state)); // 3 and 5
 * ```
 */
export function thresholdAccumulator({
  units,
  positions,
  quantile = 0.005,
  precision = 'float32',
}: ThresholdOptions): Accumulator<ThresholdState, NdArray<Float32Array | Float64Array>, Float64Array> {
  assertInteger('units', units, [1, Number.POSITIVE_INFINITY]);
  assertInteger('positions', positions, [1, Number.POSITIVE_INFINITY]);
  assertQuantile(quantile);
  const kept = tailLength(quantile, positions) + 1;
  assertRoom('units', [units, Math.min(2 * kept, 64)]);
  const create = (): ThresholdState => ({ largest: largestValues(units, kept, precision), positions: 0 });
  const grow = (state: ThresholdState, count: number): void => {
    const total = state.positions + count;
    if (total > positions) throw new RangeError(`"positions" expected at least ${total}, which came, got ${positions}`);
    state.positions = total;
  };
  return {
    create,
    add(state, activations) {
      assertUnits(activations, units);
      assertFiniteActivations(activations);
      grow(state, activations.data.length / units);
      addRows(state.largest, activations.data);
    },
    merge(into, from) {
      grow(into, from.positions);
      addAll(into.largest, from.largest);
    },
    extract({ largest, positions: seen }) {
      if (seen === 0) throw new RangeError('"dataset" expected at least one image, got none');
      const rank = tailLength(quantile, seen);
      return Float64Array.from({ length: units }, (_, unit) => descending(largest, unit)[rank] as number);
    },
    encode({ largest, positions: seen }) {
      const tails = Array.from({ length: units }, (_, unit) => [`${unit}`, descending(largest, unit)]);
      return packArrays('thresholds', { header: Float64Array.of(units, kept, seen), ...Object.fromEntries(tails) });
    },
    decode(bytes) {
      const arrays = unpackArrays('thresholds', bytes);
      const [ownUnits, ownKept, seen] = unpacked(arrays, 'header', { type: 'Float64Array', length: 3 });
      if (ownUnits !== units || ownKept !== kept) {
        const got = `${ownUnits} units and ${ownKept} values of each`;
        throw new RangeError(`"bytes" expected thresholds of ${units} units and ${kept} values of each, got ${got}`);
      }
      assertCounted('positions', seen as number, positions);
      const state = create();
      state.positions = seen as number;
      const type = precision === 'float32' ? 'Float32Array' : 'Float64Array';
      const length = Math.min(kept, seen as number);
      addAll(state.largest, {
        ...state.largest,
        values: Array.from({ length: units }, (_, unit) => unpacked(arrays, `${unit}`, { type, length })),
        counts: new Int32Array(units).fill(length),
      });
      return state;
    },
  };
}
