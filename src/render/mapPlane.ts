import { example as pick } from '../image/example.ts';
import { type ChannelReduction, reduceChannels } from '../image/reduceChannels.ts';
import type { MapArray } from '../image/types.ts';
import { assertArray, assertFiniteArray, assertInteger } from '../numeric/check.ts';

/** A map, or the attribution that holds it. */
export type MapSource = MapArray | { readonly values: MapArray };

/** Which part of a map is drawn. */
export interface MapSelection {
  /** Which example of a batch; 0 by default. */
  readonly example?: number;
  /** What becomes of channels: a reduction (`'sum'` by default), or the one channel to show. */
  readonly channels?: ChannelReduction | number;
}

/** One finite plane `[h, w]` of a map `[h, w]`, `[n, h, w]` or `[n, h, w, c]`. */
export function mapPlane(source: MapSource, { example = 0, channels = 'sum' }: MapSelection): MapArray {
  const map = source !== null && typeof source === 'object' && 'values' in source ? source.values : source;
  assertArray('map', map, [2, 3, 4]);
  assertFiniteArray('map', map);
  const batch = map.shape.length === 2 ? { shape: [1, ...map.shape], data: map.data } : map;
  assertInteger('example', example, [0, (batch.shape[0] as number) - 1]);
  const one: MapArray = pick<Float32Array | Float64Array>(batch, example);
  const plane = one.shape.length === 3 ? one : oneChannel(one, channels);
  return { shape: plane.shape.slice(1), data: plane.data };
}

function oneChannel(map: MapArray, channels: ChannelReduction | number): MapArray {
  if (typeof channels !== 'number') return reduceChannels(map, channels);
  const count = map.shape[3] as number;
  assertInteger('channels', channels, [0, count - 1]);
  const data = Float32Array.from(
    { length: map.data.length / count },
    (_, i) => map.data[i * count + channels] as number,
  );
  return { shape: map.shape.slice(0, 3), data };
}
