import type { Accumulator } from '../../numeric/accumulator.ts';
import type { LabelledActivations } from '../types.ts';

/** An accumulator of one layer together with its state. */
export interface Running<State, Result> {
  readonly state: State;
  add(sample: LabelledActivations): void;
  /** Adds what another one has seen, of which these are the bytes. */
  merge(bytes: Uint8Array): void;
  extract(): Result;
  encode(): Uint8Array;
}

/** Starts an accumulator from nothing. */
export function running<State, Item, Result>(
  accumulator: Accumulator<State, Item, Result>,
  itemOf: (sample: LabelledActivations) => Item,
): Running<State, Result> {
  const state = accumulator.create();
  return {
    state,
    add: (sample) => accumulator.add(state, itemOf(sample)),
    merge: (bytes) => accumulator.merge(state, accumulator.decode(bytes)),
    extract: () => accumulator.extract(state),
    encode: () => accumulator.encode(state),
  };
}
