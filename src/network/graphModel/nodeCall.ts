import { VitrineError } from '../../numeric/errors.ts';
import type { TensorFunction } from '../functions/tensorFunction.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import {
  type Given,
  type GivenValue,
  isKnown,
  type Known,
  type Length,
  numbersOf,
  openShapeOf,
  type View,
} from './given.ts';
import type { GraphNode } from './graphSource.ts';

/** A node with what its inputs are. */
export interface NodeCall {
  readonly node: GraphNode;
  readonly inputs: readonly Given[];
  readonly source: OperationSource;
}

/** What becomes of a node: a function of its data, operations of the engine, or what is there already. */
export type Lowered = Applied | Made | { readonly outputs: readonly Given[] };

/** A function, of which constants among the operands take part as they are. */
export interface Applied {
  readonly fn: TensorFunction;
  readonly operands: readonly Given[];
}

/** Operations for one output, the first of which takes the values. */
export interface Made {
  readonly operations: readonly Operation[];
  readonly values: readonly GivenValue[];
  readonly shape: OpenShape;
  /** How the nodes behind see the output. */
  readonly view?: View | undefined;
  /** Whether the last operation is an activation that the node applies to what else it makes. */
  readonly activated?: boolean;
  /** The constants that are weights of it. */
  readonly weights?: readonly Known[];
}

/** Turns a node into functions or operations. */
export type NodeLowering = (call: NodeCall) => Lowered;

/** An input that must be a value of the network. */
export function valueAt(call: NodeCall, input: number): GivenValue {
  const given = inputAt(call, input);
  if (!isKnown(given)) return given;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} expected a value of the network as input ${input}, got a constant`,
  );
}

/** An input that must be a value as it is, in no other form between nodes. */
export function plainValueAt(call: NodeCall, input: number): GivenValue {
  const given = valueAt(call, input);
  if (!given.view) return given;
  throw new VitrineError('unsupported-layer', `${titleOf(call)} reads ${forms[given.view.kind]}, which it cannot do`);
}

/** An input that must be a constant. */
export function constantAt(call: NodeCall, input: number): Known {
  const given = inputAt(call, input);
  if (isKnown(given)) return given;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} expected a constant as input ${input}, got what node "${call.node.inputs[input]}" computes of the network's input`,
  );
}

/** An input that must be lengths: numbers, or lengths that are open. */
export function lengthsAt(call: NodeCall, input: number): readonly Length[] {
  const { lengths } = constantAt(call, input);
  if (lengths) return lengths;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} expected numbers that are known as input ${input}, got node "${call.node.inputs[input]}"`,
  );
}

/** An input that must be numbers. */
export function numbersAt(call: NodeCall, input: number): readonly number[] {
  const numbers = numbersOf(lengthsAt(call, input));
  if (numbers) return numbers;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(call)} depends on the size of the input, which the model leaves open, by its input ${input}`,
  );
}

/** An input that must be lengths, as a shape. */
export function shapeAt(call: NodeCall, input: number): OpenShape {
  return openShapeOf(lengthsAt(call, input));
}

/** An input, of which a node may lack some. */
export function inputAt(call: NodeCall, input: number): Given {
  const given = call.inputs.at(input);
  if (given) return given;
  throw new VitrineError('unsupported-layer', `${titleOf(call)} expected more than ${call.inputs.length} inputs`);
}

/** A node for messages. */
export function titleOf({ node: { name, op } }: Pick<NodeCall, 'node'>): string {
  return `node "${name}" (${op})`;
}

const forms: Readonly<Record<View['kind'], string>> = {
  rows: 'the examples mixed with the positions',
  samples: 'the examples mixed with the positions',
  phases: 'the positions sorted by SpaceToBatchND',
};
