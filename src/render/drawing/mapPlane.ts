import { example as pick } from '../../image/maps/example.ts';
import { type ChannelReduction, reduceChannels } from '../../image/maps/reduceChannels.ts';
import type { MapArray } from '../../image/types.ts';
import { assertArray, assertChoice, assertFiniteArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { integer, type OptionChecks, record } from '../../numeric/options.ts';
import { type VolumeView, volumePlane } from './volumePlane.ts';

/** A map, or the attribution that holds it. */
export type MapSource = MapArray | { readonly values: MapArray; readonly layout?: 'ndhw' };

/** Which part of a map is drawn. */
export interface MapSelection extends VolumeView {
  /** Which example of a batch; 0 by default. */
  readonly example?: number;
  /** What becomes of channels: a reduction, `'sum'` by default, or the one channel to show. */
  readonly channels?: ChannelReduction | number;
}

/** Checks of {@link MapSelection}. */
export const selectionChecks: OptionChecks<MapSelection> = {
  example: integer(0),
  channels: (argument, channels) => {
    if (typeof channels === 'number') assertInteger(argument, channels, [0, Number.POSITIVE_INFINITY]);
    else assertChoice(argument, channels as ChannelReduction, ['sum', 'mean', 'maxAbs', 'l2']);
  },
  slice: record,
  projection: record,
};

/**
 * One finite plane `[h, w]` of a map `[h, w]`, `[n, h, w]` or `[n, h, w, c]`, or of volumes `[n, d, h, w, c]`. An array of
 * four axes is `[n, d, h, w]`, one of three `[d, h, w]`, where a slice or a projection is asked for.
 */
export function mapPlane(source: MapSource, { example = 0, channels = 'sum', ...view }: MapSelection): MapArray {
  const map = isAttribution(source) ? source.values : source;
  assertArray('map', map, [2, 3, 4, 5]);
  assertFiniteArray('map', map);
  const places = placesIn(source, map, view);
  const batch = map.shape.length === places ? { shape: [1, ...map.shape], data: map.data } : map;
  assertInteger('example', example, [0, (batch.shape[0] as number) - 1]);
  const one: MapArray = pick<Float32Array | Float64Array>(batch, example);
  const { shape, data } = one.shape.length === places + 1 ? one : oneChannel(one, channels);
  const found = { shape: shape.slice(1), data };
  return places === 3 ? volumePlane(found, view) : found;
}

function isAttribution(source: MapSource): source is Exclude<MapSource, MapArray> {
  return source !== null && typeof source === 'object' && 'values' in source;
}

/** How many axes of a map are places: 3 of volumes and frames, else 2. */
function placesIn(source: MapSource, { shape }: MapArray, { slice, projection }: VolumeView): 2 | 3 {
  const isVolume = shape.length === 5 || (isAttribution(source) && source.layout === 'ndhw');
  if (isVolume) return 3;
  if (slice === undefined && projection === undefined) return 2;
  if (!isAttribution(source) && shape.length > 2) return 3;
  const option = slice === undefined ? 'projection' : 'slice';
  throw new VitrineError(
    'bad-shape',
    `"${option}" expected a map of a volume or of frames, got shape [${shape.join(', ')}]`,
  );
}

function oneChannel(map: MapArray, channels: ChannelReduction | number): MapArray {
  if (typeof channels !== 'number') return reduceChannels(map, channels);
  const count = map.shape.at(-1) as number;
  assertInteger('channels', channels, [0, count - 1]);
  const data = Float32Array.from(
    { length: map.data.length / count },
    (_, i) => map.data[i * count + channels] as number,
  );
  return { shape: map.shape.slice(0, -1), data };
}
