import type { MapArray } from '../image/types.ts';
import { assertArray, assertFiniteArray } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sameShape, type TypedArray } from '../numeric/ndarray.ts';
import type { Attribution } from '../scoring/types.ts';
import type { GivenMap } from './types.ts';

/** The array of a map; of an attribution over several inputs the one of an input. */
export function arrayOf(argument: string, map: GivenMap, input = 0): MapArray {
  const array = isAttribution(map) ? (map.inputs?.[input] ?? map.values) : map;
  assertArray(argument, array, [1, 2, 3, 4, 5, 6]);
  assertFiniteArray(argument, array);
  return array;
}

/** Whether a map comes with what it is of. */
export function isAttribution(map: GivenMap): map is Attribution {
  return typeof map === 'object' && map !== null && 'values' in map;
}

/** The axes of one example that a map covers: all but the channels, where there are some. */
export function positionsOf({ shape }: Pick<NdArray, 'shape'>): readonly number[] {
  return shape.length > 2 ? shape.slice(1, -1) : shape.slice(1);
}

/**
 * The positions of a map and a number for each, per example: `[h, w]` is one example, channels are summed.
 *
 * @param mask tells that a map with four axes is one of volumes `[n, d, h, w]`, where it fits no other.
 */
export function pixelsOf(
  map: GivenMap,
  mask?: NdArray<TypedArray>,
): {
  readonly positions: readonly number[];
  readonly examples: readonly Float64Array[];
} {
  const { shape, data } = arrayOf('map', map);
  const batched = isAttribution(map) || shape.length > 2 ? shape : [1, ...shape];
  const ofVolumes = isAttribution(map) ? map.layout === 'ndhw' : isVolumeMask(mask, shape);
  const hasChannels = batched.length > 3 && !ofVolumes;
  const positions = hasChannels ? batched.slice(1, -1) : batched.slice(1);
  const values = summed(data, hasChannels ? (batched.at(-1) as number) : 1);
  return { positions, examples: examplesOf(values, batched[0] as number) };
}

/** Whether a mask is one of volumes, `[d, h, w]` or `[n, d, h, w]`, for a map `[n, d, h, w]`. */
function isVolumeMask(mask: NdArray<TypedArray> | undefined, shape: readonly number[]): boolean {
  if (shape.length !== 4 || !Array.isArray(mask?.shape)) return false;
  const own = mask.shape as readonly number[];
  return sameShape(own, shape) || (sameShape(own, shape.slice(1)) && !sameShape(own, shape.slice(0, -1)));
}

/** The values of each example. */
export function examplesOf(values: Float64Array, count: number): readonly Float64Array[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

/** The map of an input, checked against it: one number per position, or the channels too. */
export function fittingMap(attribution: GivenMap, input: NdArray, index = 0): MapArray {
  const map = arrayOf('attribution', attribution, index);
  const [count, positions, channels] = [input.shape[0] as number, positionsOf(input), input.shape.at(-1) as number];
  const perPosition = [count, ...positions];
  const shape = count === 1 && sameShape(map.shape, positions) ? perPosition : map.shape;
  const [own, ...others] = shape.slice(perPosition.length);
  // Tokens have the features of their embedding for channels.
  const known = own === undefined || own === 1 || own === channels || input.shape.length === 2;
  if (others.length === 0 && known && sameShape(shape.slice(0, perPosition.length), perPosition)) {
    return { shape, data: map.data };
  }
  const whole = input.shape.length > 2 ? ` or [${input.shape.join(', ')}]` : '';
  throw new VitrineError(
    'bad-shape',
    `"attribution" expected shape [${perPosition.join(', ')}]${whole} to fit the input, got [${map.shape.join(', ')}]`,
  );
}

/** A number per position of each example: the channels of a map summed, in 64-bit floats. */
export function perPosition({ shape, data }: MapArray, input: NdArray): Float64Array {
  return summed(data, shape[positionsOf(input).length + 1] ?? 1);
}

/** A number per element of each example: a map without channels counts for all channels in equal parts. */
export function perElement({ shape, data }: MapArray, input: NdArray): Float64Array {
  if (sameShape(shape, input.shape)) return Float64Array.from(data);
  const values = perPosition({ shape, data }, input);
  const channels = input.data.length / values.length;
  return Float64Array.from(input.data, (_, i) => (values[Math.floor(i / channels)] as number) / channels);
}

/** Sums of as many neighbours as there are channels. */
function summed(data: ArrayLike<number>, channels: number): Float64Array {
  const sums = new Float64Array(data.length / channels);
  for (let i = 0; i < data.length; i++) sums[Math.floor(i / channels)]! += data[i] as number;
  return sums;
}

/** Whether a value is a list of numbers, as an array or a typed array. */
export function isNumberList(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return 'length' in value && typeof Reflect.get(value, 0) !== 'bigint';
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}
