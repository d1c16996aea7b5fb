import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpenShape } from '../graph/graph.ts';

/** A GraphModel, loaded or read from its files, as the compiler sees it. */
export interface GraphSource {
  /** For messages. */
  readonly name: string;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  /** The weight that a node of op `Const` holds. */
  weight(node: string): Weight | undefined;
}

/** A node of a TensorFlow graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Where its inputs come from: `node`, or `node:1` for the second output. */
  readonly inputs: readonly string[];
  /** Attributes as the JSON of a GraphDef has them. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface GraphInput {
  /** The node, of op `Placeholder`. */
  readonly node: string;
  readonly shape: OpenShape;
}

export interface GraphOutput {
  /** `node` or `node:1`. */
  readonly from: string;
  /** How the signature calls it. */
  readonly key: string | undefined;
}

/** A constant of the graph. */
export interface Weight {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** The values of whole numbers and of single numbers, where they are known. */
  readonly numbers: readonly number[] | undefined;
  /** The live tensor: never to be disposed. */
  read(): Tensor;
}

/** The node and the output of it that a reference such as `node:1` means. */
export function referred(reference: string): { readonly node: string; readonly output: number } {
  const [, node = reference, output = '0'] = /^(.*?):(\d+)$/.exec(reference) ?? [];
  return { node, output: Number(output) };
}
