import type { OutputHead, Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';

/** Sets of units of a layer, each of which is switched off. */
export interface AblationPlan {
  readonly network: Network;
  readonly site: Site;
  readonly head: OutputHead;
  readonly sets: readonly (readonly number[])[];
}

/** What a run of the data set reports. */
export interface AblationRun extends RunOptions {
  readonly stage: string;
  /** How many examples there will be. */
  readonly total: number;
}

/** Is told the logits of the classes of an example with a set of units switched off; of each example the sets in order. */
export type ScoreVisitor = (example: number, set: number, logits: Float32Array | Float64Array) => void;
