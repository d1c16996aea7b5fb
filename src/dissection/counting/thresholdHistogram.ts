import type { Accumulator } from '../../numeric/accumulator.ts';
import { assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, kind, type OptionChecks, required } from '../../numeric/options.ts';
import { assertCounted, packArrays, unpackArrays, unpacked } from '../../numeric/packedArrays.ts';
import { assertActivations, properShare } from './checks.ts';
import { tailLength } from './thresholdAccumulator.ts';

/** Options of {@link thresholdHistogram}. */
export interface HistogramOptions {
  /** The number of units. */
  readonly units: number;
  /** The share of values above a threshold at most, τ; 0.005 by default. */
  readonly quantile?: number;
  /** What the first reading gave; with it, the second one finds the thresholds. */
  readonly within?: readonly HistogramBin[];
}

/** Where the threshold of a unit lies. */
export interface HistogramBin {
  /** The upper 16 bits of the threshold's key: floats in their order as unsigned integers. */
  readonly prefix: number;
  /** How many values lie above the bin. */
  readonly above: number;
  /** The threshold, once all of its bits are known; the least number of the bin before that. */
  readonly threshold: number;
}

const checks: OptionChecks<HistogramOptions> = {
  units: required(integer(1)),
  quantile: properShare,
  within: kind('the bins that the first reading gave', isBins),
};

function isBins(value: unknown): boolean {
  return Array.isArray(value) && value.every((bin) => Number.isInteger(bin?.prefix) && Number.isInteger(bin?.above));
}

/** What {@link thresholdHistogram} has seen. */
export interface HistogramState {
  /** How many values of each unit fall in each bin, `[units × 65536]`. */
  readonly counts: Uint32Array;
  positions: number;
}

const BINS = 2 ** 16;

/**
 * The threshold of each unit as {@link thresholdAccumulator} finds it, in memory that does not grow with the images.
 *
 * It takes two readings: the first counts values by the upper 16 bits of a 32-bit float and finds the bin of the
 * threshold, the second counts those of that bin by their lower 16 bits. A state has 65536 counts for each unit.
 *
 * @param options `units`; `quantile`; `within`, the result of the first reading, for the second.
 * @returns an accumulator of activations `[…, units]`.
 * @throws {VitrineError} if an option is out of its range, activations are not finite or of other units, there are none,
 * or bytes are not those of such a state.
 * @example
 * ```ts
 * import { thresholdHistogram } from 'vitrine/dissection';
 * const values = { shape: [4, 1], data: Float32Array.of(1, 2, 3, 4) };
 * const read = (accumulator: ReturnType<typeof thresholdHistogram>) => {
 *   const state = accumulator.create();
 *   accumulator.add(state, values);
 *   return accumulator.extract(state);
 * };
 * const within = read(thresholdHistogram({ units: 1, quantile: 0.25 }));
 * const [{ threshold }] = read(thresholdHistogram({ units: 1, quantile: 0.25, within }));
 * console.log(threshold); // 3
 * ```
 */
export function thresholdHistogram(
  options: HistogramOptions,
): Accumulator<HistogramState, NdArray, readonly HistogramBin[]> {
  assertOptions(options, checks);
  const { units, quantile = 0.005, within } = options;
  assertRoom('units', [units, BINS]);
  if (within && within.length !== units) {
    throw new VitrineError('bad-argument', `"within" expected a bin for each of ${units} units, got ${within.length}`);
  }
  const create = (): HistogramState => ({ counts: new Uint32Array(units * BINS), positions: 0 });
  return {
    create,
    add(state, activations) {
      assertActivations(activations, units);
      const keys = orderedKeys(activations.data);
      for (let i = 0; i < keys.length; i++) {
        const unit = i % units;
        const key = keys[i] as number;
        if (within && (within[unit] as HistogramBin).prefix !== key >>> 16) continue;
        const place = unit * BINS + (within ? key & (BINS - 1) : key >>> 16);
        state.counts[place] = (state.counts[place] as number) + 1;
      }
      state.positions += keys.length / units;
    },
    merge(into, from) {
      from.counts.forEach((count, i) => {
        into.counts[i] = (into.counts[i] as number) + count;
      });
      into.positions += from.positions;
    },
    extract({ counts, positions }) {
      if (positions === 0) throw new VitrineError('bad-argument', '"dataset" expected at least one image, got none');
      const rank = tailLength(quantile, positions);
      return Array.from({ length: units }, (_, unit) => {
        const outside = within?.[unit];
        const { bin, above } = binOf(counts.subarray(unit * BINS, (unit + 1) * BINS), rank, outside?.above ?? 0);
        const key = outside ? outside.prefix * BINS + bin : bin * BINS;
        return { prefix: outside?.prefix ?? bin, above, threshold: valueOfKey(key) };
      });
    },
    encode: ({ counts, positions }) => packArrays('histogram', { counts, positions: Float64Array.of(positions) }),
    decode(bytes) {
      const arrays = unpackArrays('histogram', bytes);
      const [positions] = unpacked(arrays, 'positions', { type: 'Float64Array', length: 1 });
      assertCounted('positions', positions as number);
      const counts = unpacked(arrays, 'counts', { type: 'Uint32Array' });
      if (counts.length !== units * BINS) {
        throw new VitrineError(
          'bad-argument',
          `"bytes" expected the histograms of ${units} units, got ${counts.length / BINS}`,
        );
      }
      return { counts, positions: positions as number };
    },
  };
}

/** The greatest bin that has no more than `rank` values above it and, with its own, more. */
function binOf(counts: Uint32Array, rank: number, outside: number): { bin: number; above: number } {
  let above = outside;
  let bin = counts.length - 1;
  while (bin > 0 && above + (counts[bin] as number) <= rank) {
    above += counts[bin] as number;
    bin--;
  }
  return { bin, above };
}

/** 32-bit floats as unsigned integers in the same order; 0 and −0 are one. */
function orderedKeys(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint32Array.from(bits, (word) => {
    if (word === SIGN) return SIGN;
    return word < SIGN ? word | SIGN : ~word;
  });
}

/** The float of a key. */
function valueOfKey(key: number): number {
  const word = key >= SIGN ? key ^ SIGN : ~key;
  return new Float32Array(Uint32Array.of(word).buffer)[0] as number;
}

const SIGN = 0x80000000;
