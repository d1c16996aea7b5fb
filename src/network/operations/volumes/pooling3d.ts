import type { WindowGeometry } from '../../../backend/kernels/geometry.ts';
import type { Operation } from '../../graph/operation.ts';
import type { OperationSource } from '../base.ts';
import { identity } from '../shape.ts';
import { type View, viewed } from '../viewed.ts';
import type { Triple, Window3d } from './window3d.ts';

/** The window of a pooling of volumes. */
export interface PoolingWindow extends Pick<Window3d, 'strides' | 'padding'> {
  readonly size: Triple;
}

/**
 * A pooling of volumes as two of planes, first along the columns and then over depth and rows: maxima and means are made
 * of such. Of equal maxima the first in row-major order is that of the first depth and row, and there of the first column.
 */
export function pooling3d(
  pool: (source: OperationSource, geometry: WindowGeometry) => Operation,
  source: OperationSource,
  { size: [depth, rows, columns], strides: [down, over, across], padding }: PoolingWindow,
): readonly Operation[] {
  const parts: readonly (Pick<WindowGeometry, 'window' | 'strides'> & { view: View })[] = [
    { window: [1, columns], strides: [1, across], view: lines },
    { window: [depth, rows], strides: [down, over], view: planes },
  ];
  const operations = parts
    .filter(({ window, strides }) => [...window, ...strides].some((length) => length !== 1))
    .map(({ view, ...part }) => viewed(pool(source, { ...part, padding, dilations: [1, 1] }), view));
  return operations.length > 0 ? operations : [identity(source)];
}

/** The lines of a volume one below the other, as one plane. */
const lines: View = {
  inside: ([batch = 1, depth = 1, rows = 1, ...line]) => [batch, depth * rows, ...line],
  outside: ([batch = 1, , ...line], [, depth = 1, rows = 1]) => [batch, depth, rows, ...line],
};

/** Depth and rows of a volume as a plane, whose channels are those of all columns. */
const planes: View = {
  inside: ([batch = 1, depth = 1, rows = 1, columns = 1, channels = 1]) => [batch, depth, rows, columns * channels],
  outside: ([batch = 1, depth = 1, rows = 1], [, , , columns = 1, channels = 1]) => [
    batch,
    depth,
    rows,
    columns,
    channels,
  ],
};
