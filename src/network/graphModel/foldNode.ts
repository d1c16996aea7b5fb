import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { OpenShape } from '../graph/graph.ts';
import { flagOf, integersOf, typeOf } from './attributes.ts';
import { foldLengths } from './foldLengths.ts';
import { type Given, isKnown, type Known, type Length, openShapeOf } from './given.ts';
import { knownFrom, knownLengths } from './known.ts';
import { constantAt, inputAt, lengthsAt, type NodeCall, numbersAt, titleOf } from './nodeCall.ts';

type Folding = (call: NodeCall) => Known;

/** What a node gives that does not depend on the numbers of the network's input: a constant for each output. */
export function foldNode(call: NodeCall): readonly Known[] | undefined {
  const { op } = call.node;
  const ofShape = folding(fromShapes, op);
  if (ofShape) return [ofShape(call)];
  if (!call.inputs.every(isKnown)) return undefined;
  const lengths = foldLengths(call);
  const moved = lengths ? undefined : folding(moving, op);
  return moved ? [moved(call)] : lengths;
}

function folding(table: Readonly<Record<string, Folding>>, op: string): Folding | undefined {
  return Object.hasOwn(table, op) ? table[op] : undefined;
}

/** What depends on the shapes of values alone. */
const fromShapes: Readonly<Record<string, Folding>> = {
  Shape: (call) => knownLengths(call, axesOf(inputAt(call, 0))),
  Size: (call) => knownLengths(call, [axesOf(inputAt(call, 0)).reduce(times, 1)], []),
  Rank: (call) => knownLengths(call, [axesOf(inputAt(call, 0)).length], []),
  ZerosLike: (call) => filled(call, inputAt(call, 0).shape, 0),
  OnesLike: (call) => filled(call, inputAt(call, 0).shape, 1),
  Fill: (call) => filled(call, openShapeOf(lengthsAt(call, 0)), numbersAt(call, 1)[0] as number),
  Range: (call) => {
    const [start, limit, delta] = [0, 1, 2].map((input) => numbersAt(call, input)[0] as number) as [
      number,
      number,
      number,
    ];
    const count = Math.max(Math.ceil((limit - start) / delta), 0);
    return knownLengths(
      call,
      Array.from({ length: count }, (_, i) => start + i * delta),
    );
  },
};

/** Constants in another form. */
const moving: Readonly<Record<string, Folding>> = {
  Cast: (call) => {
    const known = constantAt(call, 0);
    const whole = /INT/.test(typeOf(call.node, 'DstT'));
    const lengths = whole
      ? known.lengths?.map((length) => (typeof length === 'number' ? Math.trunc(length) : length))
      : known.lengths;
    return { ...known, lengths, shape: known.shape, read: known.read };
  },
  Reshape: (call) => reshaped(call, numbersAt(call, 1)),
  ExpandDims: (call) => {
    const { shape } = constantAt(call, 0);
    const axis = numbersAt(call, 1)[0] as number;
    const at = axis < 0 ? axis + shape.length + 1 : axis;
    return reshaped(call, [...shape.slice(0, at), 1, ...shape.slice(at)]);
  },
  Squeeze: (call) => {
    const { shape } = constantAt(call, 0);
    const axes = axesAmong(integersOf(call.node, 'squeeze_dims'), shape.length);
    return reshaped(
      call,
      shape.filter((length, axis) => (axes.length > 0 ? !axes.includes(axis) : length !== 1)),
    );
  },
  Transpose: (call) => {
    const known = constantAt(call, 0);
    const order = numbersAt(call, 1);
    const shape = order.map((axis) => known.shape[axis] as number);
    return knownFrom(call, [known], { shape, make: ([tensor]) => tf.transpose(tensor as tf.Tensor, [...order]) });
  },
  Sum: (call) => reduced(call, tf.sum),
  Mean: (call) => reduced(call, tf.mean),
  Prod: (call) => reduced(call, tf.prod),
  Max: (call) => reduced(call, tf.max),
  Min: (call) => reduced(call, tf.min),
};

function reduced(call: NodeCall, reduce: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor): Known {
  const known = constantAt(call, 0);
  const axes = axesAmong(numbersAt(call, 1), known.shape.length);
  if (axes.some((axis) => known.spread?.includes(axis))) {
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(call)} depends on the number of examples or on the size of the input, which the model leaves open`,
    );
  }
  const keepDims = flagOf(call.node, 'keep_dims');
  const lengths = known.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const shape = keepDims ? lengths : lengths.filter((_, axis) => !axes.includes(axis));
  return knownFrom(call, [known], {
    shape,
    spread: keepDims ? known.spread : undefined,
    make: ([x]) => reduce(x as tf.Tensor, axes, keepDims),
  });
}

function axesAmong(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}

function reshaped(call: NodeCall, wanted: readonly number[]): Known {
  const known = constantAt(call, 0);
  const rest = wanted.filter((length) => length !== -1);
  const shape = wanted.map((length) => (length === -1 ? sizeOf(known.shape) / sizeOf(rest) : length));
  // In new data: the fused convolutions of wasm look at the shape in which a bias was stored.
  const make = ([tensor]: readonly tf.Tensor[]): tf.Tensor => tf.add(tf.reshape(tensor as tf.Tensor, [...shape]), 0);
  return knownFrom(call, [known], { shape, lengths: known.lengths, make });
}

/** One number in an array; an axis whose length is open has length 1, for it is spread wherever it is used. */
function filled(call: NodeCall, shape: OpenShape, value: number): Known {
  const known = shape.map((length) => length ?? 1);
  const one = knownLengths(call, [value], []);
  const spread = shape.flatMap((length, axis) => (length === null ? [axis] : []));
  const lengths = sizeOf(known) === 1 ? [value] : undefined;
  return knownFrom(call, [one], { shape: known, lengths, spread, make: () => tf.fill([...known], value) });
}

function axesOf(given: Given): readonly Length[] {
  if (isKnown(given)) return given.shape;
  const { value, shape } = given;
  return shape.map((length, axis) => length ?? { of: { value, axis }, times: 1, plus: 0 });
}

function times(a: Length, b: Length): Length {
  return typeof a === 'number' && typeof b === 'number' ? a * b : { times: 1, plus: 0 };
}
