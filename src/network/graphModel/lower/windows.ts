import { outputSize, type WindowGeometry } from '../../../backend/kernels/geometry.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { Operation } from '../../graph/operation.ts';
import { inChannelsLast } from '../../lower/channelsFirst.ts';
import type { OperationSource } from '../../operations/base.ts';
import { type Margins, pad } from '../../operations/border.ts';
import { integersOf, textOf } from '../attributes.ts';
import type { Known } from '../given.ts';
import { type NodeCall, titleOf } from '../nodeCall.ts';

// What convolutions and poolings have in common.

type Pair = readonly [number, number];

/** How a node slides a window over a plane, and the zeros that it puts around first. */
export interface Sliding {
  readonly geometry: WindowGeometry;
  readonly margins: Margins | undefined;
}

/** The window of a node with the attributes `strides`, `padding` and perhaps `dilations`. */
export function slidingOf(call: NodeCall, window: Pair): Sliding {
  const { node } = call;
  const plane = isChannelsFirst(call) ? 2 : 1;
  const pairOf = (name: string): Pair => {
    const all = integersOf(node, name);
    return [all[plane] ?? 1, all[plane + 1] ?? 1];
  };
  const padding = textOf(node, 'padding', 'VALID').toUpperCase();
  if (!['SAME', 'VALID', 'EXPLICIT'].includes(padding))
    throw new VitrineError('unsupported-layer', `${titleOf(call)} has padding "${padding}"`);
  const explicit = integersOf(node, 'explicit_paddings').slice(2 * plane, 2 * plane + 4);
  const geometry: WindowGeometry = {
    window,
    strides: pairOf('strides'),
    padding: padding === 'SAME' ? 'same' : 'valid',
    dilations: pairOf('dilations'),
  };
  return { geometry, margins: padding === 'EXPLICIT' ? marginsOf(explicit) : undefined };
}

/** The window of a kernel [rows, columns, …]. */
export function kernelWindow(call: NodeCall, { shape }: Known): Pair {
  const [rows, columns] = shape;
  if (shape.length === 4 && rows !== undefined && columns !== undefined) return [rows, columns];
  throw new VitrineError('bad-shape', `${titleOf(call)} expected a kernel of rank 4, got shape [${shape.join(', ')}]`);
}

/** The operations of a node on a plane, zeros around and order of the axes included. */
export function onPlane(
  call: NodeCall,
  margins: Margins | undefined,
  operations: readonly Operation[],
): readonly Operation[] {
  const { source } = call;
  const dataFormat = isChannelsFirst(call) ? 'channelsFirst' : undefined;
  return inChannelsLast({ dataFormat }, source, [...around(source, margins), ...operations]);
}

/** Whether rows and columns come behind the channels. */
export function isChannelsFirst({ node }: Pick<NodeCall, 'node'>): boolean {
  return textOf(node, 'data_format', 'NHWC') === 'NCHW';
}

/** A shape with its channels last, whatever the node says of its format. */
export function channelsLast(call: NodeCall, shape: OpenShape): OpenShape {
  if (shape.length !== 4)
    throw new VitrineError('bad-shape', `${titleOf(call)} expected a value of rank 4, got rank ${shape.length}`);
  const [batch = null, a = null, b = null, c = null] = shape;
  return isChannelsFirst(call) ? [batch, b, c, a] : shape;
}

/** A shape with its channels last in the format of the node. */
export function inFormat(call: NodeCall, shape: OpenShape): OpenShape {
  const [batch = null, rows = null, columns = null, channels = null] = shape;
  return isChannelsFirst(call) ? [batch, channels, rows, columns] : shape;
}

/** The rows and columns that a window makes of a plane. */
export function slidPlane([, rows = null, columns = null]: OpenShape, { geometry, margins }: Sliding): OpenShape {
  const along = (length: number | null, axis: 0 | 1): number | null => {
    if (length === null) return null;
    const [before, after] = (axis === 0 ? margins?.rows : margins?.columns) ?? [0, 0];
    const { window, strides, dilations, padding } = geometry;
    return outputSize(length + before + after, {
      window: window[axis],
      stride: strides[axis],
      dilation: dilations[axis],
      padding,
    });
  };
  return [along(rows, 0), along(columns, 1)];
}

function around(source: OperationSource, margins: Margins | undefined): readonly Operation[] {
  if (!margins || [...margins.rows, ...margins.columns].every((length) => length === 0)) return [];
  return [pad(source, margins)];
}

function marginsOf([top = 0, bottom = 0, left = 0, right = 0]: readonly number[]): Margins {
  return { rows: [top, bottom], columns: [left, right] };
}
