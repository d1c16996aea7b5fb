import type { MapArray } from '../../image/types.ts';
import { assertChoice, assertInteger } from '../../numeric/check.ts';
import { sizeOf } from '../../numeric/ndarray.ts';

/** An axis of a volume; frames are the depth of a sequence of pictures. */
export type VolumeAxis = 'depth' | 'row' | 'column';

/** A slice of a volume. */
export interface VolumeSlice {
  /** The axis that the slice lies across; `'depth'` by default. */
  readonly axis?: VolumeAxis;
  readonly index: number;
}

/** All slices of a volume in one. */
export interface VolumeProjection {
  /** The axis along which is looked; `'depth'` by default. */
  readonly axis?: VolumeAxis;
  /** `'maxAbs'`, the number of the greatest magnitude with its sign, by default; else the greatest, the mean or the sum. */
  readonly by?: 'maxAbs' | 'max' | 'mean' | 'sum';
}

/** How a volume becomes a plane; by default it is projected along its depth. */
export interface VolumeView {
  /** Of a volume, or of frames: the slice that is drawn; a projection by default. */
  readonly slice?: VolumeSlice;
  /** Of a volume, or of frames, without a slice: what of all slices is drawn; their numbers of the greatest magnitude by default. */
  readonly projection?: VolumeProjection;
}

const AXES: readonly VolumeAxis[] = ['depth', 'row', 'column'];

/** One plane of a volume `[d, h, w]`: a slice or a projection. */
export function volumePlane(volume: MapArray, { slice, projection = {} }: VolumeView): MapArray {
  assertParts('projection', projection, ['axis', 'by']);
  if (slice !== undefined) {
    assertParts('slice', slice, ['axis', 'index']);
    const axis = axisOf('slice.axis', slice.axis);
    assertInteger('slice.index', slice.index, [0, (volume.shape[axis] as number) - 1]);
    return reduced(volume, axis, (at) => at(slice.index));
  }
  const { by = 'maxAbs' } = projection;
  assertChoice('projection.by', by, ['maxAbs', 'max', 'mean', 'sum']);
  const axis = axisOf('projection.axis', projection.axis);
  return reduced(volume, axis, (at) =>
    reductions[by](Array.from({ length: volume.shape[axis] as number }, (_, i) => at(i))),
  );
}

function assertParts(argument: string, given: object, names: readonly string[]): void {
  for (const name of Object.keys(given)) assertChoice(argument, name, names);
}

function axisOf(argument: string, axis: VolumeAxis = 'depth'): number {
  assertChoice(argument, axis, AXES);
  return AXES.indexOf(axis);
}

const reductions: Readonly<Record<VolumeProjection['by'] & string, (values: readonly number[]) => number>> = {
  maxAbs: (values) => values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0),
  max: (values) => Math.max(...values),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => reductions.sum(values) / values.length,
};

/** One number for all along an axis, read by their index. */
function reduced({ shape, data }: MapArray, axis: number, read: (at: (index: number) => number) => number): MapArray {
  const inner = sizeOf(shape.slice(axis + 1));
  const length = shape[axis] as number;
  const plane = Float32Array.from({ length: data.length / length }, (_, i) => {
    const start = Math.floor(i / inner) * length * inner + (i % inner);
    return read((index) => data[start + index * inner] as number);
  });
  return { shape: shape.filter((_, other) => other !== axis), data: plane };
}
