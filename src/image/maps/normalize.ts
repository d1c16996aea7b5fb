import { quantile } from 'd3-array';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, oneOf } from '../../numeric/options.ts';
import type { MapArray } from '../types.ts';

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** What becomes 1; `'max'` by default. */
  readonly by?: 'max' | 'maxAbs' | 'percentile';
  /** For `'percentile'`: how many per cent of the magnitudes are not clipped; 99 by default. */
  readonly percentile?: number;
}

/**
 * Scales each example's map to the range of a colour map; zero stays zero, and signs stay.
 *
 * `'max'` divides by the largest value, `'maxAbs'` by the largest magnitude, which gives $[-1, 1]$. `'percentile'`
 * divides by a percentile of the magnitudes and clips to $[-1, 1]$, against single outliers.
 *
 * There is nothing to scale in a map that is the same everywhere, nor, for `'max'`, in one without a positive value:
 * they become zeros.
 *
 * @param map `[n, h, w, c]`, `[n, h, w]`, or one map `[h, w]`; of volumes `[n, d, h, w, c]` or `[n, d, h, w]`; finite.
 * @param options `by`, `percentile`.
 * @returns an array of the same shape.
 * @throws {VitrineError} if the map has another rank or is not finite, or an option is not as described.
 * @example
 * ```ts
 * import { normalize } from 'vitrine';
 * const signed = normalize(map, { by: 'maxAbs' }); // [1, 16, 16] within [-1, 1]
 * ```
 */
export function normalize(map: MapArray, options: NormalizeOptions = {}): NdArray {
  assertOptions(options, checks);
  const { by = 'max', percentile = 99 } = options;
  assertArray('map', map, [2, 3, 4, 5]);
  const count = map.shape.length === 2 ? 1 : (map.shape[0] as number);
  assertFiniteArray('map', map);
  const length = map.data.length / count;
  const data = new Float32Array(map.data.length);
  for (let i = 0; i < count; i++) {
    const values = map.data.subarray(i * length, (i + 1) * length);
    if (values.every((value) => value === values[0])) continue;
    data.set(scaled(values, { by, percentile }), i * length);
  }
  return { shape: [...map.shape], data };
}

const checks: OptionChecks<NormalizeOptions> = {
  by: oneOf(['max', 'maxAbs', 'percentile']),
  percentile: number(0, 100),
};

function scaled(
  values: Float32Array | Float64Array,
  { by, percentile }: Required<NormalizeOptions>,
): Float32Array | Float64Array {
  if (by === 'max') {
    let max = 0;
    for (const value of values) max = Math.max(max, value);
    return values.map((value) => (max === 0 ? 0 : value / max));
  }
  const magnitudes = values.map(Math.abs);
  const unit = quantile(magnitudes, by === 'maxAbs' ? 1 : percentile / 100) as number;
  // Where most of a map is zero so may be the percentile: what is not is beyond it, and clipped.
  return values.map((value) => (value === 0 ? 0 : Math.max(-1, Math.min(1, value / unit))));
}
