import type { Tensor } from '@tensorflow/tfjs-core';
import type { Site } from '../graph/graph.ts';
import type { PlannedStep } from '../plan/plan.ts';

/** What a forward walk left behind. */
export interface WalkTrace {
  /** The steps that a backward walk can pass, in forward order. */
  readonly steps: readonly PlannedStep[];
  readonly values: ReadonlyMap<number, Tensor>;
  readonly shapes: ReadonlyMap<number, readonly number[]>;
  /** What the rules that made an output themselves kept of it. */
  readonly states: ReadonlyMap<PlannedStep, unknown>;
  /** The values that are never negative, whatever the network is run on. */
  readonly nonNegative: ReadonlySet<number>;
}

/** Where signals start: a cotangent of the site's shape, or several streams of them. They stay the caller's. */
export type WalkSeeds = ReadonlyMap<Site, Tensor | readonly Tensor[]>;

/** Sees a site, its activation (where the forward walk kept it) and the signals that arrived there. */
export type WalkVisitor = (site: Site, activation: Tensor | undefined, streams: readonly Tensor[]) => void;

/** Where a backward walk ends and what it meets on its way. */
export interface BackwardOptions {
  /** The sites at which the signals are returned. */
  readonly to: readonly Site[];
  /** Called at each of these sites when its signal is complete, so that a method can reduce it on the way. */
  readonly visit?: { readonly sites: readonly Site[]; readonly call: WalkVisitor };
  /** The record of a reference run, for rules that compare with one. */
  readonly reference?: ForwardRecord;
  /** The states at the inputs of the network, for rules with a forward companion. */
  readonly states?: ReadonlyMap<Site, unknown>;
}

/** The result of a forward walk, from which any number of backward walks can start. */
export interface ForwardRecord {
  readonly trace: WalkTrace;
  /** The tensor at a tapped site; it belongs to the record. */
  value(site: Site): Tensor;
  /** Passes seeds back to sites; per site one tensor for each stream of the seeds, none where nothing arrives. */
  backward(seeds: WalkSeeds, options: BackwardOptions): ReadonlyMap<Site, readonly Tensor[]>;
  /** Frees what the walk kept; inside a `tf.tidy` that happens by itself. */
  dispose(): void;
}
