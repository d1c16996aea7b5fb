import { VitrineError } from '../../numeric/errors.ts';
import { lowerFunction } from '../functions/lowerFunction.ts';
import type { TensorFunction } from '../functions/tensorFunction.ts';
import { constantOf, type GivenValue, isKnown, type Known, type View } from './given.ts';
import { knownFrom } from './known.ts';
import { type Applied, type Made, type NodeCall, titleOf } from './nodeCall.ts';

/** A function at a node: operations for each of the outputs that are read, or a constant where it has no values. */
export function applyFunction(
  call: NodeCall,
  applied: Applied,
  read: readonly number[],
): readonly (Made | Known | undefined)[] {
  const { fn, operands } = applied;
  if (operands.length === 0) throw new VitrineError('unsupported-layer', `${titleOf(call)} expected inputs, got none`);
  const values = operands.filter((operand): operand is GivenValue => !isKnown(operand));
  if (values.length === 0) return [folded(call, fn, operands as readonly Known[])];
  const view = commonView(call, fn, values);
  const weights = operands.filter(isKnown);
  const placed = operands.map((operand) => (isKnown(operand) ? constantOf(operand) : { shape: operand.shape }));
  return fn.shapes(placed.map(({ shape }) => shape)).map((shape, output): Made | undefined => {
    if (!read.includes(output)) return undefined;
    const operations = lowerFunction(fn, { source: call.source, operands: placed, output });
    return { operations, values, shape, view, weights };
  });
}

/** A function of constants alone. */
function folded(call: NodeCall, fn: TensorFunction, operands: readonly Known[]): Known {
  const shapes = operands.map(({ shape }) => shape);
  if (!fn.pointwise) throw new VitrineError('unsupported-layer', `${titleOf(call)} of constants alone is not known`);
  const shape = fn.shapes(shapes)[0] as readonly number[];
  const spread = operands.flatMap(
    (operand) => operand.spread?.map((axis) => axis + shape.length - operand.shape.length) ?? [],
  );
  return knownFrom(call, operands, {
    shape,
    spread,
    make: (tensors) => fn.apply(tensors)[0] as ReturnType<Known['read']>,
  });
}

/** The functions that do to a value in another form what they do to it as it is, besides those of each element. */
const keeping: Readonly<Record<View['kind'], readonly string[]>> = {
  rows: ['matMul'],
  samples: [],
  phases: ['expandDims', 'squeeze'],
};

/**
 * The form of the values: what is done to each element or to the last axis is the same for the rows of a matrix as for
 * the positions of a plane.
 */
function commonView(
  call: NodeCall,
  { pointwise, applied }: TensorFunction,
  values: readonly GivenValue[],
): View | undefined {
  const [first, ...others] = values as [GivenValue, ...GivenValue[]];
  const sameForm = others.every(
    ({ view, shape }) => JSON.stringify([view, shape]) === JSON.stringify([first.view, first.shape]),
  );
  const keepsForm = pointwise || (first.view && keeping[first.view.kind].includes(applied.name));
  if (values.every(({ view }) => !view) || (sameForm && keepsForm)) return first.view;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} reads a value in a form that only convolutions and dense layers know`,
  );
}
