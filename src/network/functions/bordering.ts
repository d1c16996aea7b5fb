import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { alongAxis, pad as padded } from '../../backend/portable.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import { shiftRegion } from '../fields/region.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { OperationRegion } from '../graph/operation.ts';
import { channelRegion, wholeRegion } from '../operations/base.ts';
import { pad as padOperation } from '../operations/border.ts';
import type { TensorFunction } from './tensorFunction.ts';

/** How many places are added before and after each axis. */
export type Paddings = readonly (readonly [before: number, after: number])[];

/** Places with one value around the others. */
export const pad = ({ paddings, value = 0 }: { paddings: Paddings; value?: number }): TensorFunction => ({
  ...around('pad', paddings, (x) => padded(x, paddings, value)),
  // Behind a value that no maximum takes, or that a rectified one could have, rules may look through the border.
  kind: value >= 0 || value < -3e38 ? 'pad' : 'opaque',
  lower: ({ source }) => {
    const [batch, rows, columns, channels] = paddings;
    const onPlane = paddings.length === 4 && isNone(batch) && isNone(channels);
    return onPlane && rows && columns && value === 0 ? [padOperation(source, { rows, columns })] : undefined;
  },
});

/** The values nearest to the border once more, mirrored; `symmetric` repeats the outermost too. */
export const mirrorPad = ({
  paddings,
  mode,
}: {
  paddings: Paddings;
  mode: 'reflect' | 'symmetric';
}): TensorFunction => {
  const skipped = mode === 'reflect' ? 1 : 0;
  const mirrored = (x: Tensor, axis: number): Tensor => {
    const [before, after] = paddings[axis] as Paddings[number];
    const length = x.shape[axis] as number;
    // In pieces: tfjs takes the gradient of its own mirrorPad for that of a slice.
    const first = flippedPart(x, axis, { begin: skipped, size: before });
    const last = flippedPart(x, axis, { begin: length - skipped - after, size: after });
    return before + after === 0 ? x : tf.concat([first, x, last], axis);
  };
  return {
    ...around('mirrorPad', paddings, (x) => x.shape.reduce((whole, _, axis) => mirrored(whole, axis), x)),
    kind: 'pad',
  };
};

function flippedPart(x: Tensor, axis: number, { begin, size }: { begin: number; size: number }): Tensor {
  return alongAxis(x, axis, (lines) => tf.reverse(tf.slice(lines, [0, begin, 0], [-1, size, -1]), 1));
}

/** The values over and over, along each axis. */
export const tile = ({ times }: { times: readonly number[] }): TensorFunction => ({
  applied: { name: 'tile' },
  apply: ([x]) => [times.reduce((whole, count, axis) => tiledAlong(whole, axis, count), x as Tensor)],
  shapes: ([shape = []]) => {
    if (times[0] !== 1 || times.length !== shape.length)
      throw new VitrineError('unsupported-layer', 'tile along the batch axis would make examples');
    return [shape.map((length, axis) => (length === null ? null : length * (times[axis] as number)))];
  },
  kind: 'repeat',
  region: (output, shapes) =>
    (times.slice(0, -1).every((count) => count === 1) ? channelRegion : wholeRegion)(output, shapes),
});

/** Written out, as tfjs has no gradient of it for more than four axes. */
function tiledAlong(x: Tensor, axis: number, count: number): Tensor {
  if (count === 1) return x;
  const before = x.shape.slice(0, axis);
  const length = x.shape[axis] as number;
  const copies = tf.mul(tf.reshape(x, [sizeOf(before), 1, sizeOf(x.shape.slice(axis))]), tf.ones([1, count, 1]));
  return tf.reshape(copies, [...before, count * length, ...x.shape.slice(axis + 1)]);
}

function around(
  name: string,
  paddings: Paddings,
  apply: (x: Tensor) => Tensor,
): Pick<TensorFunction, 'applied' | 'apply' | 'shapes' | 'region'> {
  const [, rows, columns] = paddings;
  return {
    applied: { name },
    apply: ([x]) => [apply(x as Tensor)],
    shapes: ([shape = []]) => [paddedShape(name, paddings, shape)],
    region: (output, shapes): readonly (OperationRegion | 'all')[] => {
      if (paddings.length !== 4 || !rows || !columns) return wholeRegion(output, shapes);
      return [shiftRegion(output, -rows[0], -columns[0])];
    },
  };
}

function paddedShape(name: string, paddings: Paddings, shape: OpenShape): OpenShape {
  if (!isNone(paddings[0]))
    throw new VitrineError('unsupported-layer', `${name} of the batch axis would make examples`);
  return shape.map((length, axis) => {
    const [before, after] = paddings[axis] ?? [0, 0];
    return length === null ? null : length + before + after;
  });
}

function isNone(padding: Paddings[number] | undefined): boolean {
  return padding === undefined || padding.every((count) => count === 0);
}
