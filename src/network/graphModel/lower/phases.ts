import { axisOf, extentOf } from '../../../backend/kernels/geometry.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { functions } from '../../functions/functions.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { View } from '../given.ts';
import { type NodeCall, type NodeLowering, numbersAt, plainValueAt, titleOf, valueAt } from '../nodeCall.ts';
import type { Sliding } from './windows.ts';

// TensorFlow writes a dilated convolution as a plain one on the phases of a plane: SpaceToBatchND pads and sorts the
// positions by their place in a block, BatchToSpaceND puts them back and cuts off what was padded to whole blocks.

type Pair = readonly [number, number];

/** A plain window on phases as a dilated one on the plane, zeros around it; other windows as they are. */
export function dilatedBy(call: NodeCall, view: View | undefined, sliding: Sliding): Sliding {
  if (!view) return sliding;
  const { geometry, margins } = sliding;
  const isPlain = [...geometry.strides, ...geometry.dilations].every((step) => step === 1);
  if (view.kind !== 'phases' || !isPlain || geometry.padding !== 'valid' || margins) {
    throw new VitrineError('unsupported-layer', `${titleOf(call)} expected a plane, got what another node made of one`);
  }
  return { geometry: { ...geometry, dilations: view.block }, margins: { rows: view.rows, columns: view.columns } };
}

/** The same window with padding 'same', where that is what the zeros around it come to. */
export function withoutMargins({ geometry, margins }: Sliding): Sliding {
  const isSame = ([before, after]: Pair, axis: 0 | 1): boolean => {
    const reach = extentOf(axisOf(geometry, axis)) - 1;
    return before === Math.floor(reach / 2) && after === Math.ceil(reach / 2);
  };
  const strides = geometry.strides.every((stride) => stride === 1);
  if (!margins || !strides || !isSame(margins.rows, 0) || !isSame(margins.columns, 1)) return { geometry, margins };
  return { geometry: { ...geometry, padding: 'same' }, margins: undefined };
}

const spaceToBatch: NodeLowering = (call) => {
  const x = plainValueAt(call, 0);
  const block = pairOf(call, x.shape, numbersAt(call, 1));
  const [rows, columns] = marginsOf(x.shape, numbersAt(call, 2));
  return { outputs: [{ ...x, view: { kind: 'phases', block, rows, columns } }] };
};

const batchToSpace: NodeLowering = (call) => {
  const { view, ...x } = valueAt(call, 0);
  const isConvolved = view?.kind === 'phases' && [...view.rows, ...view.columns].every((margin) => margin === 0);
  if (!isConvolved || String(pairOf(call, x.shape, numbersAt(call, 1))) !== String(view.block)) {
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(call)} expected a convolution between it and a SpaceToBatchND of the same blocks`,
    );
  }
  const crops = numbersAt(call, 2);
  if (crops.every((crop) => crop === 0)) return { outputs: [x] };
  const cuts = Array.from({ length: crops.length / 2 }, (_, i) => {
    const [first = 0, last = 0] = crops.slice(2 * i);
    return { start: first, stop: last > 0 ? -last : null };
  });
  return { fn: functions.slice({ cuts: [{}, ...cuts] }), operands: [x] };
};

/** Blocks of a plane; those of a sequence as of a plane of one row. */
function pairOf(call: NodeCall, { length: rank }: OpenShape, block: readonly number[]): Pair {
  const [first, second] = block;
  if (rank === 3 && first !== undefined && second === undefined) return [1, first];
  if (rank === 4 && first !== undefined && second !== undefined && block.length === 2) return [first, second];
  throw new VitrineError('unsupported-layer', `${titleOf(call)} expected blocks of rows and columns`);
}

function marginsOf({ length: rank }: OpenShape, numbers: readonly number[]): [Pair, Pair] {
  const [top = 0, bottom = 0, left = 0, right = 0] = rank === 3 ? [0, 0, ...numbers] : numbers;
  return [
    [top, bottom],
    [left, right],
  ];
}

/** The forms of a plane around a dilated convolution. */
export const phases: Readonly<Record<string, NodeLowering>> = {
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
};
