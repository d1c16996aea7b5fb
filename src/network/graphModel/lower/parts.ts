import { VitrineError } from '../../../numeric/errors.ts';
import type { Paddings } from '../../functions/bordering.ts';
import type { Cut } from '../../functions/cuts.ts';
import { functions } from '../../functions/functions.ts';
import { embedding } from '../../operations/embedding.ts';
import { numberOf, textOf } from '../attributes.ts';
import { isKnown, type Length } from '../given.ts';
import {
  constantAt,
  inputAt,
  lengthsAt,
  type NodeCall,
  type NodeLowering,
  numbersAt,
  plainValueAt,
  titleOf,
} from '../nodeCall.ts';

const one = (call: NodeCall, input: number): number => numbersAt(call, input)[0] as number;

const concatenated: NodeLowering = (call) => {
  const axis = call.node.op === 'Concat' ? 0 : -1;
  const operands = axis === 0 ? call.inputs.slice(1) : call.inputs.slice(0, -1);
  return { fn: functions.concat({ axis: one(call, axis) }), operands };
};

const stacked: NodeLowering = ({ node, inputs }) => ({
  fn: functions.stack({ axis: numberOf(node, 'axis', 0) }),
  operands: inputs,
});

const unstacked: NodeLowering = (call) => ({
  fn: functions.unstack({ axis: numberOf(call.node, 'axis', 0) }),
  operands: [inputAt(call, 0)],
});

const halved: NodeLowering = (call) => ({
  fn: functions.split({ axis: one(call, 0), sizes: numberOf(call.node, 'num_split') }),
  operands: [inputAt(call, 1)],
});

const split: NodeLowering = (call) => ({
  fn: functions.split({ axis: one(call, 2), sizes: numbersAt(call, 1) }),
  operands: [inputAt(call, 0)],
});

const sliced: NodeLowering = (call) => {
  const [begins, sizes] = [numbersAt(call, 1), lengthsAt(call, 2)];
  const cuts = begins.map((start, axis): Cut => {
    const size = sizes[axis] as Length;
    return { start, stop: typeof size === 'number' && size >= 0 && axis > 0 ? start + size : null };
  });
  return { fn: functions.slice({ cuts }), operands: [inputAt(call, 0)] };
};

const stridedSlice: NodeLowering = (call) => ({
  fn: functions.slice({ cuts: cutsOf(call) }),
  operands: [inputAt(call, 0)],
});

/** The cuts of a StridedSlice, whose masks say for each place of its lists what they mean. */
export function cutsOf(call: NodeCall): readonly Cut[] {
  const { node } = call;
  const [begins, ends, steps] = [1, 2, 3].map((input) => lengthsAt(call, input)) as [Length[], Length[], Length[]];
  const isMarked = (mask: string, place: number): boolean => ((numberOf(node, mask, 0) >> place) & 1) === 1;
  return begins.map((begin, place): Cut => {
    if (isMarked('ellipsis_mask', place)) return 'rest';
    if (isMarked('new_axis_mask', place)) return 'new';
    const start = isMarked('begin_mask', place) ? null : endOf(begin);
    if (isMarked('shrink_axis_mask', place)) return start ?? 0;
    const stop = isMarked('end_mask', place) ? null : endOf(ends[place] as Length);
    return { start, stop, step: endOf(steps[place] as Length) };
  });
}

/** A place of an axis; an open length is taken for that of the axis itself, and what is added to it counts from its end. */
function endOf(length: Length): number | null {
  if (typeof length === 'number') return length;
  return length.plus < 0 ? length.plus : null;
}

const padded: NodeLowering = (call) => {
  const value = call.inputs.length > 2 ? one(call, 2) : 0;
  return { fn: functions.pad({ paddings: pairsOf(numbersAt(call, 1)), value }), operands: [inputAt(call, 0)] };
};

const mirrored: NodeLowering = (call) => {
  const mode = textOf(call.node, 'mode', 'REFLECT') === 'SYMMETRIC' ? 'symmetric' : 'reflect';
  return { fn: functions.mirrorPad({ paddings: pairsOf(numbersAt(call, 1)), mode }), operands: [inputAt(call, 0)] };
};

function pairsOf(numbers: readonly number[]): Paddings {
  return Array.from({ length: numbers.length / 2 }, (_, axis) => [
    numbers[2 * axis] as number,
    numbers[2 * axis + 1] as number,
  ]);
}

const flipped: NodeLowering = (call) => ({
  fn: functions.flip({ axes: numbersAt(call, 1) }),
  operands: [inputAt(call, 0)],
});

const tiled: NodeLowering = (call) => ({
  fn: functions.tile({ times: numbersAt(call, 1) }),
  operands: [inputAt(call, 0)],
});

/** Rows of a table of weights, one for each token, or places of an axis of a value. */
const looked: NodeLowering = (call) => {
  const x = inputAt(call, 0);
  if (isKnown(x)) return embedded(call);
  const axis = call.inputs.length > 2 ? one(call, 2) : 0;
  return { fn: functions.gather({ indices: numbersAt(call, 1), axis }), operands: [x] };
};

const embedded: NodeLowering = (call) => {
  const table = constantAt(call, 0);
  const tokens = plainValueAt(call, 1);
  const axis = call.inputs.length > 2 ? one(call, 2) : 0;
  if (table.shape.length !== 2 || axis !== 0)
    throw new VitrineError('unsupported-layer', `${titleOf(call)} expected a table [tokens, features]`);
  return {
    operations: [embedding(call.source, () => ({ embeddings: table.read() }))],
    values: [tokens],
    shape: [...tokens.shape, table.shape[1] as number],
    weights: [table],
  };
};

/** Parts of values, and values made of parts. */
export const parts: Readonly<Record<string, NodeLowering>> = {
  Concat: concatenated,
  ConcatV2: concatenated,
  Pack: stacked,
  Unpack: unstacked,
  Split: halved,
  SplitV: split,
  Slice: sliced,
  StridedSlice: stridedSlice,
  Pad: padded,
  PadV2: padded,
  MirrorPad: mirrored,
  Tile: tiled,
  ReverseV2: flipped,
  Gather: looked,
  GatherV2: looked,
};
