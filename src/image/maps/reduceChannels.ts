import { assertArray, assertChoice } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { MapArray } from '../types.ts';

/** What becomes of the channels at a position; see {@link reduceChannels}. */
export type ChannelReduction = 'sum' | 'mean' | 'maxAbs' | 'l2';

/**
 * Brings the channels of a map to one number per position.
 *
 * `'sum'` and `'mean'` keep signs and, for the sum, the total. `'maxAbs'` is $\max_c |R_{ijc}|$, the saliency map of
 * Simonyan et al. 2013 (section 3.1), and `'l2'` is $\sqrt{\sum_c R_{ijc}^2}$; neither is ever negative.
 *
 * @param map `[n, h, w, c]`, of volumes `[n, d, h, w, c]`.
 * @param kind `'sum'`, `'mean'`, `'maxAbs'` or `'l2'`.
 * @returns `[n, h, w]`, of volumes `[n, d, h, w]`.
 * @throws {VitrineError} if the map has no axis of channels or the reduction is unknown.
 * @example
 * ```ts
 * import { reduceChannels } from 'vitrine';
 * const saliency = reduceChannels(x, 'maxAbs'); // [2, 16, 16]
 * ```
 */
export function reduceChannels(map: MapArray, kind: ChannelReduction = 'sum'): NdArray {
  assertArray('map', map, [4, 5]);
  return withoutLastAxis(map, kind);
}

/** One number for those along the last axis. */
export function withoutLastAxis(map: MapArray, kind: ChannelReduction): NdArray {
  assertChoice('kind', kind, ['sum', 'mean', 'maxAbs', 'l2']);
  const channels = map.shape.at(-1) as number;
  const data = new Float32Array(map.data.length / channels);
  const reduce = reductions[kind];
  for (let i = 0; i < data.length; i++) data[i] = reduce(map.data, i * channels, channels);
  return { shape: map.shape.slice(0, -1), data };
}

type Reduce = (data: Float32Array | Float64Array, start: number, count: number) => number;

const reductions: Readonly<Record<ChannelReduction, Reduce>> = {
  sum: (data, start, count) => total(data, start, count),
  mean: (data, start, count) => total(data, start, count) / count,
  maxAbs: (data, start, count) => {
    let largest = 0;
    for (let i = start; i < start + count; i++) largest = Math.max(largest, Math.abs(data[i] as number));
    return largest;
  },
  l2: (data, start, count) => {
    let squares = 0;
    for (let i = start; i < start + count; i++) squares += (data[i] as number) ** 2;
    return Math.sqrt(squares);
  },
};

function total(data: Float32Array | Float64Array, start: number, count: number): number {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += data[i] as number;
  return sum;
}
