import type { Tensor } from '@tensorflow/tfjs-core';
import type { Operation, OperationIo, OperationKind } from '../graph/operation.ts';

/** What a rule can ask to be kept of the forward walk. */
export type RuleNeed = 'inputs' | 'output' | 'reference' | 'state';

/** What a rule is given: what the operation saw and, where it asked for them, a reference run and its own state. */
export interface RuleIo<S = unknown> extends OperationIo {
  /** The inputs, of which there is at least one, where the rule needs them. */
  readonly inputs: readonly [Tensor, ...Tensor[]];
  /** Which inputs are never negative, whatever the network is run on: behind a ReLU, a pooling of it and so on. */
  readonly nonNegative: readonly boolean[];
  /** What the operation saw in the reference run. */
  readonly reference: OperationIo;
  /** What {@link Rule.compute} or {@link Rule.forward} returned for this operation. */
  readonly state: S;
}

/** Where the inputs of an operation must lie: bounds for all channels or for each. */
export interface InputRange {
  readonly low: number | readonly number[];
  readonly high: number | readonly number[];
}

/**
 * How a signal passes back through one operation. `streams` are the signals at the output (one for a gradient, two for
 * RevealCancel); the result holds the signals at each input, per stream: `result[input][stream]`, and no stream for an
 * input that gets nothing. Every tensor returned must be a new one.
 */
export interface Rule<S = unknown> {
  readonly name: string;
  readonly needs: readonly RuleNeed[];
  /** Of a rule for affine maps: it holds for those alone that are not merged with a linear operation beside them. */
  readonly yields?: boolean;
  /** What the rule expects of the inputs, which are then those of the layer itself: nothing is merged before it. */
  readonly range?: InputRange;
  /**
   * The output, made on the forward walk of parts that the backward walk reads as `io.state`: where these are more than
   * half of the work, the output then costs nothing of its own.
   */
  compute?(
    operation: Operation,
    io: Pick<RuleIo, 'inputs' | 'inputShapes' | 'nonNegative'>,
  ): { readonly output: Tensor; readonly state: S };
  /** A companion of the forward walk: the state at the output from the states at the inputs. */
  forward?(operation: Operation, io: RuleIo<S>, states: readonly S[]): S;
  /** The signals at the inputs from those at the output: `result[input][stream]`. */
  backward(operation: Operation, io: RuleIo<S>, streams: readonly Tensor[]): readonly (readonly Tensor[])[];
}

/**
 * Which operations a rule is for: kinds, addresses of layers, the linear operations nearest to the input (`'first'`)
 * or to the output (`'last'`; several in a branched network), or any test.
 */
export type Matcher =
  | OperationKind
  | readonly OperationKind[]
  | { readonly address: string | RegExp }
  | { readonly position: 'first' | 'last' }
  | ((operation: Operation) => boolean);

/** Rules with what they are for; at each operation the first match decides, and the exact gradient where none does. */
export type Composite = readonly (readonly [Matcher, Rule])[];

/** Whether an operation comes from a layer of this address, or of one that the pattern fits. */
export function hasAddress(operation: Operation, address: string | RegExp): boolean {
  // `search` begins at the front whatever the flags; `test` would go on where a pattern with `g` or `y` has stopped.
  return typeof address === 'string' ? address === operation.address : operation.address.search(address) >= 0;
}

/**
 * The exact gradient: the rule of every operation that no entry of a composite matches, and what a rule of one's own
 * can build on.
 *
 * @example
 * ```ts
 * import { gradientRule, guidedBackprop } from 'vitrine';
 * // Leaves the first ReLU out of the guidance.
 * const { values } = await guidedBackprop(model, x, { rules: [[{ address: 'conv1' }, gradientRule]] });
 * ```
 */
export const gradientRule: Rule = {
  name: 'gradient',
  needs: [],
  backward: (operation, io, streams) => {
    const perStream = streams.map((stream) => operation.pullback(stream, io));
    return (perStream[0] ?? []).map((_, input) => perStream.map((gradients) => gradients[input] as Tensor));
  },
};
