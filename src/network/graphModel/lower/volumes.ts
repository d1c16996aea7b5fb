import { outputSize } from '../../../backend/kernels/geometry.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { OpenShape } from '../../graph/graph.ts';
import { averagePool, maxPool } from '../../operations/pooling.ts';
import { conv3d as convolution } from '../../operations/volumes/conv3d.ts';
import { pooling3d } from '../../operations/volumes/pooling3d.ts';
import { axisOf, type Triple, type Window3d } from '../../operations/volumes/window3d.ts';
import { integersOf, textOf } from '../attributes.ts';
import type { GivenValue } from '../given.ts';
import { constantAt, type NodeCall, type NodeLowering, plainValueAt, titleOf } from '../nodeCall.ts';

const conv3d: NodeLowering = (call) => {
  const x = volumeAt(call);
  const kernel = constantAt(call, 1);
  const window = window3dOf(call);
  const [depth = 1, rows = 1, columns = 1, , units = null] = kernel.shape;
  return {
    operations: [convolution(call.source, window, () => ({ kernel: kernel.read() }))],
    values: [x],
    shape: slid(x.shape, { size: [depth, rows, columns], window, units }),
    weights: [kernel],
  };
};

const pooling =
  (pool: Parameters<typeof pooling3d>[0]): NodeLowering =>
  (call) => {
    const x = volumeAt(call);
    const size = placesOf(call, 'ksize');
    const window = window3dOf(call);
    return {
      operations: pooling3d(pool, call.source, { size, ...window }),
      values: [x],
      shape: slid(x.shape, { size, window, units: x.shape[4] ?? null }),
    };
  };

/** Convolution and pooling of volumes. */
export const volumes: Readonly<Record<string, NodeLowering>> = {
  Conv3D: conv3d,
  MaxPool3D: pooling(maxPool),
  AvgPool3D: pooling(averagePool),
};

function volumeAt(call: NodeCall): GivenValue {
  const x = plainValueAt(call, 0);
  if (x.shape.length === 5 && textOf(call.node, 'data_format', 'NDHWC') === 'NDHWC') return x;
  throw new VitrineError('unsupported-layer', `${titleOf(call)} expected volumes with their channels last`);
}

function window3dOf(call: NodeCall): Window3d {
  const padding = textOf(call.node, 'padding', 'VALID').toUpperCase();
  if (padding !== 'SAME' && padding !== 'VALID')
    throw new VitrineError('unsupported-layer', `${titleOf(call)} has padding "${padding}"`);
  return {
    strides: placesOf(call, 'strides'),
    padding: padding === 'SAME' ? 'same' : 'valid',
    dilations: placesOf(call, 'dilations'),
  };
}

/** What a list says of depth, rows and columns; 1 where it says nothing. */
function placesOf({ node }: NodeCall, name: string): Triple {
  const [, depth = 1, rows = 1, columns = 1] = integersOf(node, name);
  return [depth, rows, columns];
}

function slid(
  [batch = null, ...lengths]: OpenShape,
  { size, window, units }: { size: Triple; window: Window3d; units: number | null },
): OpenShape {
  const places = ([0, 1, 2] as const).map((axis) => {
    const length = lengths[axis] ?? null;
    return length === null ? null : outputSize(length, axisOf(window, size, axis));
  });
  return [batch, ...places, units];
}
