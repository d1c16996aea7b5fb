import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { Resampling } from '../fields/region.ts';
import type { OpenShape } from '../graph/graph.ts';
import { resize as resizeOperation } from '../operations/resize.ts';
import { listed } from './openShapes.ts';
import type { TensorFunction } from './tensorFunction.ts';

// Functions of image planes, `[n, rows, columns, channels]`.

/** The new size of a plane, or how many times as large it becomes. */
export type NewSize = { readonly size: readonly [number, number] } | { readonly times: readonly [number, number] };

/** A plane in another size. */
export const resize = ({
  interpolation,
  alignCorners = false,
  halfPixelCenters = false,
  ...to
}: NewSize & Pick<Resampling, 'interpolation'> & Partial<Resampling>): TensorFunction => {
  const sizeOf = (rows: number, columns: number): readonly [number, number] =>
    'size' in to ? to.size : [rows * to.times[0], columns * to.times[1]];
  const resampled = interpolation === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
  return {
    applied: { name: 'resize' },
    apply: ([x]) => {
      const [, rows, columns] = (x as Tensor4D).shape;
      return [resampled(x as Tensor4D, [...sizeOf(rows, columns)], alignCorners, halfPixelCenters)];
    },
    shapes: ([shape = []]) => {
      const [batch = null, rows = null, columns = null, channels = null] = assertPlane('resize', shape);
      const times = 'times' in to ? to.times : [1, 1];
      const [tall, wide] = 'size' in to ? to.size : [scaled(rows, times[0]), scaled(columns, times[1])];
      return [[batch, tall, wide, channels]];
    },
    lower: ({ source }) => [resizeOperation(source, sizeOf, { interpolation, alignCorners, halfPixelCenters })],
  };
};

/** Blocks of rows and columns as channels. */
export const spaceToDepth = ({ block }: { block: number }): TensorFunction => ({
  applied: { name: 'spaceToDepth', numbers: { block } },
  apply: ([x]) => {
    const [n, rows, columns, channels] = (x as Tensor4D).shape;
    const [tall, wide] = [rows / block, columns / block];
    const blocks = tf.reshape(x as Tensor, [n * tall, block, wide, block * channels]);
    return [tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [n, tall, wide, block * block * channels])];
  },
  shapes: ([shape = []]) => {
    const [batch = null, rows = null, columns = null, channels = null] = assertPlane('spaceToDepth', shape);
    return [[batch, scaled(rows, 1 / block), scaled(columns, 1 / block), scaled(channels, block * block)]];
  },
  kind: 'permute',
  region: ({ rows, columns }) => [
    { rows: [rows[0] * block, rows[1] * block], columns: [columns[0] * block, columns[1] * block] },
  ],
});

/** Channels as blocks of rows and columns. */
export const depthToSpace = ({ block }: { block: number }): TensorFunction => ({
  applied: { name: 'depthToSpace', numbers: { block } },
  apply: ([x]) => {
    const [n, rows, columns, channels] = (x as Tensor4D).shape;
    const blocks = tf.reshape(x as Tensor, [n * rows, columns, block, channels / block]);
    return [
      tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [n, rows * block, columns * block, channels / (block * block)]),
    ];
  },
  shapes: ([shape = []]) => {
    const [batch = null, rows = null, columns = null, channels = null] = assertPlane('depthToSpace', shape);
    return [[batch, scaled(rows, block), scaled(columns, block), scaled(channels, 1 / (block * block))]];
  },
  kind: 'permute',
  region: ({ rows, columns }) => [{ rows: blocksOf(rows, block), columns: blocksOf(columns, block) }],
});

function blocksOf([start, end]: readonly [number, number], block: number): [number, number] {
  return [Math.floor(start / block), Math.floor((end - 1) / block) + 1];
}

function scaled(length: number | null, times = 1): number | null {
  if (length === null) return null;
  const result = Math.round(length * times * 1e6) / 1e6;
  if (Number.isInteger(result)) return result;
  throw new VitrineError('unsupported-layer', `blocks expected lengths that they divide, got ${length}`);
}

function assertPlane(name: string, shape: OpenShape): OpenShape {
  if (shape.length === 4) return shape;
  throw new VitrineError('unsupported-layer', `${name} expected [n, rows, columns, channels], got ${listed(shape)}`);
}
