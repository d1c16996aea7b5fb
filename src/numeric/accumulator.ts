import type { Bytes } from './bytes/bytes.ts';

/**
 * What sums over a data set. Parts that were added apart, by other workers or in another order, give the identical
 * result once merged; a state that was encoded and decoded goes on where it was.
 */
export interface Accumulator<State, Item, Result> {
  /** A state that has seen nothing. */
  create(): State;
  /** Adds an item to a state, which changes. An item that is refused leaves it as it was. */
  add(state: State, item: Item): void;
  /** Adds what the second state has seen to the first, which changes; the second stays as it is. */
  merge(into: State, from: State): void;
  /** The result so far. */
  extract(state: State): Result;
  /** A state as bytes, the same for all states that have seen the same. */
  encode(state: State): Bytes;
  /** The state of some bytes. */
  decode(bytes: Uint8Array): State;
}
