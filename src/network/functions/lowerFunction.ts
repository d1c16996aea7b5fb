import type { Tensor } from '@tensorflow/tfjs-core';
import type { AppliedFunction, Operation, OperationParameters } from '../graph/operation.ts';
import { perChannel, wholeRegion } from '../operations/base.ts';
import { mergedRegion } from '../operations/merge.ts';
import { taped } from '../operations/taped.ts';
import { numberOf } from './constants.ts';
import { sameOpenShape } from './openShapes.ts';
import { type Constant, type FunctionCall, isConstant, type Operand, type TensorFunction } from './tensorFunction.ts';

/**
 * A function at a place of a network as operations of the engine, the first of which takes the values among the
 * operands, in their order. What the engine has no operation for becomes a taped one, with the constants as its
 * parameters.
 */
export function lowerFunction(fn: TensorFunction, call: FunctionCall): readonly Operation[] {
  return fn.lower?.(call) ?? [tapedFunction(fn, call)];
}

/** A function as one operation, whose gradient comes from the tape. */
function tapedFunction(fn: TensorFunction, { source, operands, output = 0 }: FunctionCall): Operation {
  const forward = (inputs: readonly Tensor[], parameters: OperationParameters): Tensor => {
    const values = [...inputs];
    const given = operands.map((_, i) => parameters[`constant${i}`] ?? (values.shift() as Tensor));
    return fn.apply(given)[output] as Tensor;
  };
  const constants = operands.flatMap((operand, i): [string, Constant][] =>
    isConstant(operand) ? [[`constant${i}`, operand]] : [],
  );
  return taped(fn.kind ?? (isElementwise(fn, operands) ? 'elementwise' : 'opaque'), source, {
    forward,
    region: fn.region ?? (fn.pointwise ? mergedRegion : wholeRegion),
    applied: withNumbers(fn.applied, constants),
    ...(fn.pointwise && { alikeEverywhere: (parameters) => perChannel(...Object.values(parameters)) }),
    parameters: () => Object.fromEntries(constants.map(([name, constant]) => [name, constant.read()])),
  });
}

/** Whether a function gives a number for each of the numbers of its one value. */
function isElementwise({ pointwise, shapes }: TensorFunction, operands: readonly Operand[]): boolean {
  const values = operands.filter((operand) => !isConstant(operand));
  if (!pointwise || values.length !== 1) return false;
  return sameOpenShape(shapes(operands.map(({ shape }) => shape))[0] ?? [], values[0]?.shape ?? []);
}

function withNumbers(applied: AppliedFunction, constants: readonly [string, Constant][]): AppliedFunction {
  const numbers = constants.flatMap(([name, constant]) => {
    const number = numberOf(constant);
    return number === undefined ? [] : [[name, number] as const];
  });
  return numbers.length === 0
    ? applied
    : { ...applied, numbers: { ...applied.numbers, ...Object.fromEntries(numbers) } };
}
