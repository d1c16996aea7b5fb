import { quickselect } from 'd3-array';
import type { Accumulator } from '../../numeric/accumulator.ts';
import { assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, oneOf, required } from '../../numeric/options.ts';
import { assertCounted, packArrays, unpackArrays, unpacked } from '../../numeric/packedArrays.ts';
import { assertActivations, properShare } from './checks.ts';

/** Options of {@link thresholdAccumulator}. */
export interface ThresholdOptions {
  /** The number of units. */
  readonly units: number;
  /** The number of values each unit will have in the end, or more: images × positions. */
  readonly positions: number;
  /** The share of values above a threshold at most, τ; 0.005 by default. */
  readonly quantile?: number;
  /** In which precision values are kept: that of activations, `'float32'` by default, or that of activations that were resized. */
  readonly precision?: 'float32' | 'float64';
}

const checks: OptionChecks<ThresholdOptions> = {
  units: required(integer(1)),
  positions: required(integer(1)),
  quantile: properShare,
  precision: oneOf(['float32', 'float64']),
};

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
 * @throws {VitrineError} if an option is out of its range, activations are not finite or of other units, there are more
 * of them than announced or none at all, or bytes are not those of such a state.
 * @example
 * ```ts
 * import { thresholdAccumulator } from 'vitrine/dissection';
 * const thresholds = thresholdAccumulator({ units: 2, positions: 4, quantile: 0.25 });
 * const state = thresholds.create();
 * thresholds.add(state, { shape: [2, 2, 2], data: Float32Array.of(1, 5, 2, 5, 3, 5, 4, 5) });
 * console.log(thresholds.extract(state)); // 3 and 5
 * ```
 */
export function thresholdAccumulator(
  options: ThresholdOptions,
): Accumulator<ThresholdState, NdArray<Float32Array | Float64Array>, Float64Array> {
  assertOptions(options, checks);
  const { units, positions, quantile = 0.005, precision = 'float32' } = options;
  const kept = tailLength(quantile, positions) + 1;
  assertRoom('units', [units, Math.min(2 * kept, 64)]);
  const create = (): ThresholdState => ({ largest: largestValues(units, kept, precision), positions: 0 });
  const grow = (state: ThresholdState, count: number): void => {
    const total = state.positions + count;
    if (total > positions)
      throw new VitrineError('bad-argument', `"positions" expected at least ${total}, which came, got ${positions}`);
    state.positions = total;
  };
  return {
    create,
    add(state, activations) {
      assertActivations(activations, units);
      grow(state, activations.data.length / units);
      addRows(state.largest, activations.data);
    },
    merge(into, from) {
      grow(into, from.positions);
      addAll(into.largest, from.largest);
    },
    extract({ largest, positions: seen }) {
      if (seen === 0) throw new VitrineError('bad-argument', '"dataset" expected at least one image, got none');
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
        throw new VitrineError(
          'bad-argument',
          `"bytes" expected thresholds of ${units} units and ${kept} values of each, got ${got}`,
        );
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

/** How many of `count` values may lie above the threshold: ⌊τ count⌋, whatever rounding τ count suffered. */
export function tailLength(quantile: number, count: number): number {
  return Math.floor(quantile * count + 1e-9);
}

type Floats = Float32Array | Float64Array;

/** The largest values of each of several streams, exactly: which were added together or when leaves no trace. */
export interface LargestValues {
  /** How many values a stream keeps at least, if it has as many. */
  readonly kept: number;
  /** Per stream the values that may be among the largest, at the front of an array with room for more. */
  readonly values: (Float32Array | Float64Array)[];
  /** How many values each stream has at present. */
  readonly counts: Int32Array;
  /** What a value has to exceed in order to be among the largest. */
  readonly floors: Float64Array;
}

/** Streams that have seen nothing. */
function largestValues(streams: number, kept: number, floats: 'float32' | 'float64'): LargestValues {
  const room = Math.min(2 * kept, 64);
  return {
    kept,
    values: Array.from({ length: streams }, () =>
      floats === 'float32' ? new Float32Array(room) : new Float64Array(room),
    ),
    counts: new Int32Array(streams),
    floors: new Float64Array(streams).fill(Number.NEGATIVE_INFINITY),
  };
}

/** Adds a value for each stream, row by row. */
function addRows({ values, counts, floors, kept }: LargestValues, rows: Floats): void {
  const streams = floors.length;
  for (let start = 0; start < rows.length; start += streams) {
    for (let stream = 0; stream < streams; stream++) {
      const value = rows[start + stream] as number;
      if (value > (floors[stream] as number)) push({ values, counts, floors, kept }, stream, value);
    }
  }
}

/** Adds all values of other streams. */
function addAll(into: LargestValues, from: LargestValues): void {
  from.values.forEach((array, stream) => {
    for (const value of array.subarray(0, from.counts[stream])) {
      if (value > (into.floors[stream] as number)) push(into, stream, value);
    }
  });
}

/** The largest values of a stream, the largest first: at most as many as are kept. */
function descending({ values, counts, kept }: LargestValues, stream: number): Floats {
  const sorted = (values[stream] as Floats).slice(0, counts[stream]).sort().reverse();
  return sorted.subarray(0, kept);
}

function push({ values, counts, floors, kept }: LargestValues, stream: number, value: number): void {
  const count = counts[stream] as number;
  const array = withRoom(values, { stream, count, limit: 2 * kept });
  // 0 and −0 are one value, or the order would decide which is kept.
  array[count] = value + 0;
  counts[stream] = count + 1;
  if (count + 1 < 2 * kept) return;
  quickselect(array, kept - 1, 0, 2 * kept - 1, (a, b) => (b as number) - (a as number));
  counts[stream] = kept;
  floors[stream] = array[kept - 1] as number;
}

function withRoom(
  values: Floats[],
  { stream, count, limit }: { stream: number; count: number; limit: number },
): Floats {
  const array = values[stream] as Floats;
  if (count < array.length) return array;
  const length = Math.min(2 * array.length, limit);
  const larger = array instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  larger.set(array);
  values[stream] = larger;
  return larger;
}
