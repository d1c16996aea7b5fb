import { VitrineError } from '../../../numeric/errors.ts';
import type { Resampling } from '../../fields/region.ts';
import { functions } from '../../functions/functions.ts';
import type { NewSize } from '../../functions/images.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import { flagOf, numberOf } from '../attributes.ts';
import { type Length, numbersOf } from '../given.ts';
import { lengthsAt, type NodeCall, type NodeLowering, plainValueAt, titleOf } from '../nodeCall.ts';
import { isChannelsFirst } from './windows.ts';

const resized =
  (interpolation: Resampling['interpolation']): NodeLowering =>
  (call) => {
    const alignCorners = flagOf(call.node, 'align_corners');
    const halfPixelCenters = flagOf(call.node, 'half_pixel_centers');
    const fn = functions.resize({ ...newSizeOf(call), interpolation, alignCorners, halfPixelCenters });
    return { fn, operands: [plainValueAt(call, 0)] };
  };

/** The size that a node is given, in numbers or in multiples of the open size of what it resizes. */
function newSizeOf(call: NodeCall): NewSize {
  const lengths = lengthsAt(call, 1);
  const size = numbersOf(lengths);
  if (size) return { size: [size[0] as number, size[1] as number] };
  const { value, shape } = plainValueAt(call, 0);
  const times = lengths.map((length, i) => timesOf(length, { value, axis: i + 1, own: shape[i + 1] ?? null }));
  if (times.every((factor) => factor !== undefined)) return { times: [times[0] as number, times[1] as number] };
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} takes its size from another value, whose size the model leaves open`,
  );
}

function timesOf(
  length: Length,
  { value, axis, own }: { value: number; axis: number; own: number | null },
): number | undefined {
  if (typeof length === 'number') return own === null ? undefined : length / own;
  const isOwn = length.of?.value === value && length.of.axis === axis && length.plus === 0;
  return isOwn ? length.times : undefined;
}

const blocks =
  (make: (options: { block: number }) => TensorFunction): NodeLowering =>
  (call) => {
    if (isChannelsFirst(call))
      throw new VitrineError('unsupported-layer', `${titleOf(call)} expected data with the channels last`);
    return { fn: make({ block: numberOf(call.node, 'block_size') }), operands: [plainValueAt(call, 0)] };
  };

/** Planes of another size. */
export const images: Readonly<Record<string, NodeLowering>> = {
  ResizeBilinear: resized('bilinear'),
  ResizeNearestNeighbor: resized('nearest'),
  SpaceToDepth: blocks(functions.spaceToDepth),
  DepthToSpace: blocks(functions.depthToSpace),
};
