import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu, hardSwish, mish, swish } from '../functions/elements.ts';
import type { TensorFunction } from '../functions/tensorFunction.ts';
import type { GraphStep, JoinRequest, OperationGraph } from '../graph/graph.ts';
import type { Operation, OperationKind } from '../graph/operation.ts';
import { elementwise } from '../operations/activation.ts';
import { gradientRule } from '../walk/composite.ts';
import { erf, type NumericFunction, numericFunction, sigmoid, softplus } from './numericFunction.ts';

/**
 * Reads a product of two functions of one value, v · sigmoid(v) or v · relu6(v + 3) / 6, as the one activation that it
 * is, where a rule for activations is to meet it; the gradient is the same either way. What the pieces compute decides,
 * so that they may be in any order and their factors anywhere. Steps keep their places, and those of the pieces before
 * the last are left empty.
 */
export function joinActivations(
  graph: OperationGraph,
  { inner, rule }: JoinRequest,
): readonly (GraphStep | undefined)[] {
  const joined: (GraphStep | undefined)[] = [...graph.steps];
  const pieceOf = pieceFinder(graph, inner);
  // From the end, so that what comes behind a product is seen with it.
  for (const [i, step] of [...graph.steps.entries()].reverse()) {
    const whole = joined[i] && mayEnd(step.operation) ? pieceOf(step, i) : undefined;
    const [value, ...others] = whole ? readBy(whole) : [];
    const known = whole && value !== undefined && others.length === 0 && knownAs(whole);
    if (!known) continue;
    const operation = elementwise(known.kind, step.operation, (v) => known.function.apply([v])[0] as Tensor);
    const pieces = stepsOf(whole);
    const apart = pieces.map((piece) => rule((graph.steps[piece] as GraphStep).operation, piece));
    if ([rule(operation, i), ...apart].every((one) => one === gradientRule)) continue;
    for (const piece of pieces) joined[piece] = undefined;
    joined[i] = { operation, inputs: [value], output: step.output };
  }
  return joined;
}

/** An activation that is a product with a gate made of what it gates. */
interface GatedActivation {
  readonly kind: OperationKind;
  readonly function: TensorFunction;
  readonly number: NumericFunction;
}

const gated: readonly GatedActivation[] = [
  { kind: 'swish', function: swish(), number: (x) => x * sigmoid(x) },
  { kind: 'hardSwish', function: hardSwish(), number: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6 },
  { kind: 'gelu', function: gelu(), number: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)) },
  { kind: 'gelu', function: gelu({ approximate: true }), number: geluByTanh },
  { kind: 'mish', function: mish(), number: (x) => x * Math.tanh(softplus(x)) },
];

function geluByTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** A step as a function of numbers, and what it is taken of: values, or steps that nothing else reads. */
interface Piece {
  readonly step: number;
  readonly isProduct: boolean;
  readonly apply: NumericFunction;
  readonly operands: readonly (number | Piece)[];
}

function pieceFinder(
  { steps }: OperationGraph,
  inner: JoinRequest['inner'],
): (step: GraphStep, i: number) => Piece | undefined {
  const makers = new Map(steps.map(({ output }, i) => [output, i]));
  const operandOf = (value: number): number | Piece => {
    const maker = makers.get(value);
    return (maker !== undefined && inner(value) && pieceOf(steps[maker] as GraphStep, maker)) || value;
  };
  const pieceOf = ({ operation, inputs }: GraphStep, i: number): Piece | undefined => {
    const apply = numericFunction(operation, inputs.length);
    return apply && { step: i, isProduct: operation.kind === 'multiply', apply, operands: inputs.map(operandOf) };
  };
  return pieceOf;
}

/** Products, and factors behind them. */
function mayEnd({ kind, applied }: Operation): boolean {
  return kind === 'multiply' || (kind === 'affine' && applied !== undefined);
}

function knownAs(whole: Piece): GatedActivation | undefined {
  if (!hasProduct(whole)) return undefined;
  return gated.find(({ number }) => points.every((x) => isClose(evaluated(whole, x), number(x))));
}

/** On both sides of every kink, and where the two forms of GELU differ most. */
const points: readonly number[] = [-7, -4.5, -3.1, -2.9, -2.2, -1, -0.4, 0, 0.3, 1, 2.2, 2.9, 3.1, 4.5, 7];

/** Numbers that the pieces hold are rounded to float32. */
function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 2e-6 * Math.max(1, Math.abs(b));
}

function evaluated(operand: number | Piece, x: number): number {
  return typeof operand === 'number' ? x : operand.apply(...operand.operands.map((inner) => evaluated(inner, x)));
}

function hasProduct(operand: number | Piece): boolean {
  return typeof operand !== 'number' && (operand.isProduct || operand.operands.some(hasProduct));
}

/** The values that pieces are taken of. */
function readBy({ operands }: Piece): readonly number[] {
  return [...new Set(operands.flatMap((operand) => (typeof operand === 'number' ? [operand] : readBy(operand))))];
}

function stepsOf({ step, operands }: Piece): readonly number[] {
  return [step, ...operands.flatMap((operand) => (typeof operand === 'number' ? [] : stepsOf(operand)))];
}
