import { VitrineError } from '../../../numeric/errors.ts';
import { functions } from '../../functions/functions.ts';
import { openSize } from '../../functions/openShapes.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';
import { integersOf, typeOf } from '../attributes.ts';
import type { GivenValue, Length, View } from '../given.ts';
import {
  inputAt,
  lengthsAt,
  type NodeCall,
  type NodeLowering,
  numbersAt,
  shapeAt,
  titleOf,
  valueAt,
} from '../nodeCall.ts';

const alike: NodeLowering = ({ inputs }) => ({ outputs: inputs });

/** A function of the first input, told by the attributes and the other inputs. */
const shaping =
  (make: (call: NodeCall) => TensorFunction): NodeLowering =>
  (call) => ({ fn: make(call), operands: [inputAt(call, 0)] });

/** Whole numbers and truths are floats here; what turns others into whole numbers cuts off their fractions. */
const cast: NodeLowering = (call) => {
  const operands = [inputAt(call, 0)];
  const cuts = isFloat(typeOf(call.node, 'SrcT')) && !isFloat(typeOf(call.node, 'DstT'));
  return cuts ? { fn: functions.truncate(), operands } : { outputs: operands };
};

function isFloat(type: string): boolean {
  return ['DT_FLOAT', 'DT_HALF', 'DT_BFLOAT16', 'DT_DOUBLE'].includes(type);
}

/**
 * A dense layer on the last axis of a value comes between two reshapes, to the rows of a matrix and back, and a layer
 * normalisation between two to samples and back. They are left out: the engine does both to the value as it is.
 */
const reshaped: NodeLowering = (call) => {
  const { view: before, ...x } = valueAt(call, 0);
  const wanted = shapeAt(call, 1);
  if (before?.kind === 'phases')
    throw new VitrineError('unsupported-layer', `${titleOf(call)} reads the positions sorted by SpaceToBatchND`);
  const view = mixedView(x.shape, wanted);
  if (view) return { outputs: [{ ...x, view }] };
  if (before && isShapeOf(lengthsAt(call, 1), x.shape)) return { outputs: [x] };
  return { fn: functions.reshape({ shape: wanted }), operands: [x] };
};

/** Whether lengths are those of a shape, open ones by where they were read. */
function isShapeOf(lengths: readonly Length[], shape: OpenShape): boolean {
  const isAt = (length: Length, axis: number): boolean =>
    typeof length === 'number' ? length === shape[axis] : shape[axis] === null && (length.of?.axis ?? axis) === axis;
  return lengths.length === shape.length && lengths.every((length, axis) => axis === 0 || isAt(length, axis));
}

/** The form of a shape in which examples would be mixed with positions. */
function mixedView(shape: OpenShape, wanted: OpenShape): View | undefined {
  const [one, , values, last] = wanted;
  const size = openSize(shape.slice(1));
  if (size !== null && size === openSize(wanted.slice(1))) return undefined;
  if (wanted.length === 2 && shape.length > 2 && wanted[1] === shape.at(-1)) return { kind: 'rows' };
  if (wanted.length !== 4 || one !== 1 || last !== 1 || typeof values !== 'number') return undefined;
  const from = shape.findIndex((_, axis) => axis > 0 && openSize(shape.slice(axis)) === values);
  return from > 0 ? { kind: 'samples', from } : undefined;
}

/** A value that is spread over axes of length 1. */
const broadcast: NodeLowering = (call) => {
  const x = valueAt(call, 0);
  const wanted = shapeAt(call, 1);
  const times = wanted.map((length, axis) => timesOf(call, x, { length, axis }));
  return { fn: functions.tile({ times }), operands: [x] };
};

function timesOf(
  call: NodeCall,
  { shape }: GivenValue,
  { length, axis }: { length: number | null; axis: number },
): number {
  const own = shape[axis] ?? null;
  if (axis === 0 || own === length) return 1;
  if (own === 1 && length !== null) return length;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} cannot spread axis ${axis}, of length ${own ?? 'open'}, to ${length ?? 'an open length'}`,
  );
}

const transposed = shaping((call) => functions.transpose({ order: numbersAt(call, 1) }));
const squeezed = shaping(({ node }) => functions.squeeze({ axes: integersOf(node, 'squeeze_dims') }));
const expanded = shaping((call) => functions.expandDims({ axis: numbersAt(call, 1)[0] as number }));
const stopped = shaping(() => functions.stopGradient());

/** The same numbers in another shape, order or type. */
export const shapes: Readonly<Record<string, NodeLowering>> = {
  Identity: alike,
  IdentityN: alike,
  Snapshot: alike,
  CheckNumerics: alike,
  Cast: cast,
  StopGradient: stopped,
  PreventGradient: stopped,
  Reshape: reshaped,
  Squeeze: squeezed,
  ExpandDims: expanded,
  Transpose: transposed,
  BroadcastTo: broadcast,
};
