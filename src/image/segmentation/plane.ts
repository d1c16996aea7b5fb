import type { TypedArray } from '../../numeric/ndarray.ts';

/** One image, or one volume of planes, whose numbers lie in 0 … 1. */
export interface UnitPlane {
  /** 1 of images. */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float64Array;
}

/** An image or a volume brought from its own range, or a given one, to 0 … 1. */
export function unitPlane(
  values: TypedArray,
  { depth, height, width, channels }: Omit<UnitPlane, 'data'>,
  range: readonly [number, number] = rangeOf(values),
): UnitPlane {
  const [low, high] = range;
  const data = new Float64Array(values.length);
  if (high > low) for (let i = 0; i < data.length; i++) data[i] = ((values[i] as number) - low) / (high - low);
  return { depth, height, width, channels, data };
}

function rangeOf(values: TypedArray): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
