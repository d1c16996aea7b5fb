import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpenShape } from '../graph/graph.ts';
import type { AppliedFunction, Operation, OperationKind } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';

/**
 * A function of tensors and constants, its options filled in: what a node of a GraphModel and an operation layer of
 * Keras (`x + 0.5`, `tf.nn.relu(x)`) apply.
 */
export interface TensorFunction {
  /** What it does, and with which numbers; patterns of functions are told by it. */
  readonly applied: AppliedFunction;
  /** The outputs in plain operations of tfjs, which the tape can differentiate. */
  apply(operands: readonly Tensor[]): readonly Tensor[];
  /** The shapes of the outputs, batch axis first. */
  shapes(operands: readonly OpenShape[]): readonly OpenShape[];
  /** One output as operations of the engine, the first of which takes all values; `undefined` leaves it to the tape. */
  lower?(call: FunctionCall): readonly Operation[] | undefined;
  /** What rules take it for, where the tape runs it; `'opaque'` by default, and `'elementwise'` where it is pointwise. */
  readonly kind?: OperationKind;
  /** What a region of the output depends on, where the tape runs it; all of each value by default. */
  readonly region?: Operation['region'];
  /** Whether it is applied to each element, apart from constants that differ by element. */
  readonly pointwise?: boolean;
}

/** What a function is applied to, in the order of its parameters. */
export type Operand = Value | Constant;

/** A value of the network. */
export interface Value {
  readonly shape: OpenShape;
}

/** A number or array that does not depend on the input. */
export interface Constant {
  readonly shape: readonly number[];
  /** Its values, where they are known without reading a tensor. */
  readonly numbers?: readonly number[] | undefined;
  /** The tensor, which belongs to a model or a store. */
  read(): Tensor;
}

/** A function at a place of a network. */
export interface FunctionCall {
  readonly source: OperationSource;
  readonly operands: readonly Operand[];
  /** Which output is meant; 0 by default. */
  readonly output?: number;
}

/** Whether an operand is a constant. */
export function isConstant(operand: Operand): operand is Constant {
  return 'read' in operand;
}
