import type { Tensor } from '@tensorflow/tfjs-core';
import type { Constant } from '../functions/tensorFunction.ts';
import type { OpenShape } from '../graph/graph.ts';

/** What an output of a node is: a value of the network, or something that does not depend on the numbers of the input. */
export type Given = GivenValue | Known;

/** A value of the network. */
export interface GivenValue {
  /** Its number in the graph of operations. */
  readonly value: number;
  /** The shape that it has there. */
  readonly shape: OpenShape;
  /** How the nodes between two others see it. */
  readonly view?: View;
}

/** Another form that a value has between two nodes, for the sake of an op that the engine has in the form before. */
export type View = Rows | Samples | Phases;

/** All positions of all examples as the rows of a matrix, around a dense layer. */
interface Rows {
  readonly kind: 'rows';
}

/** All that is normalised together as one sample, `[1, samples, values, 1]`, around a layer normalisation. */
interface Samples {
  readonly kind: 'samples';
  /** The first of the axes whose values make a sample. */
  readonly from: number;
}

/** The positions of a plane sorted by their place in a block, around a dilated convolution. */
interface Phases {
  readonly kind: 'phases';
  readonly block: readonly [number, number];
  /** How many zeros come around the plane. */
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** A constant: a weight, something computed of weights, or lengths of values. */
export interface Known {
  readonly shape: readonly number[];
  /** The values of single numbers and of whole numbers, in the order of the elements, where they are known. */
  readonly lengths?: readonly Length[] | undefined;
  /** The axes of length 1 that stand for an open length, all along which it is the same. */
  readonly spread?: readonly number[] | undefined;
  /** The tensor, which belongs to the model or a store; of lengths that are open there is none. */
  read(): Tensor;
}

/** A number, or a length that the model leaves open. */
export type Length = number | OpenLength;

/** A multiple of the length of an axis of a value, and some more; nothing where it cannot be told. */
interface OpenLength {
  readonly of?: { readonly value: number; readonly axis: number };
  readonly times: number;
  readonly plus: number;
}

export function isKnown(given: Given): given is Known {
  return 'read' in given;
}

/** The constant that a function is applied to. */
export function constantOf({ shape, lengths, read }: Known): Constant {
  return { shape, numbers: lengths && numbersOf(lengths), read };
}

/** The numbers, if none of them is open. */
export function numbersOf(lengths: readonly Length[]): readonly number[] | undefined {
  return lengths.every((length): length is number => typeof length === 'number') ? lengths : undefined;
}

/** Lengths as a shape, with `null` for what is open. */
export function openShapeOf(lengths: readonly Length[]): OpenShape {
  return lengths.map((length) => (typeof length === 'number' ? length : null));
}
