import type { WindowGeometry } from '../../../backend/kernels/geometry.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { Operation } from '../../graph/operation.ts';
import type { OperationSource } from '../../operations/base.ts';
import { averagePool, maxPool } from '../../operations/pooling.ts';
import { integersOf } from '../attributes.ts';
import { type NodeCall, type NodeLowering, plainValueAt, titleOf } from '../nodeCall.ts';
import { channelsLast, inFormat, isChannelsFirst, onPlane, slidingOf, slidPlane } from './windows.ts';

const pooling =
  (make: (source: OperationSource, geometry: WindowGeometry) => Operation): NodeLowering =>
  (call) => {
    const x = plainValueAt(call, 0);
    const shape = channelsLast(call, x.shape);
    const sliding = slidingOf(call, windowOf(call));
    if (sliding.margins)
      throw new VitrineError('unsupported-layer', `${titleOf(call)} expected padding SAME or VALID, got EXPLICIT`);
    return {
      operations: onPlane(call, undefined, [make(call.source, sliding.geometry)]),
      values: [x],
      shape: inFormat(call, [shape[0] ?? null, ...slidPlane(shape, sliding), shape[3] ?? null]),
    };
  };

function windowOf(call: NodeCall): [number, number] {
  const sizes = integersOf(call.node, 'ksize');
  const plane = isChannelsFirst(call) ? 2 : 1;
  const others = sizes.filter((_, axis) => axis !== plane && axis !== plane + 1);
  if (sizes.length === 4 && others.every((size) => size === 1))
    return [sizes[plane] as number, sizes[plane + 1] as number];
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} expected a window of rows and columns, got [${sizes.join(', ')}]`,
  );
}

/** Pooling by windows. */
export const poolings: Readonly<Record<string, NodeLowering>> = {
  MaxPool: pooling(maxPool),
  AvgPool: pooling(averagePool),
};
