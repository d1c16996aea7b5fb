import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../../network/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { Seeds } from '../../../network/record.ts';
import type { Scorer } from '../../../network/scorer.ts';
import { streamsAt } from '../../../network/signals.ts';
import type { Contributions } from './contributions.ts';
import type { Procedure } from './procedure.ts';

/** What is compared, and how. */
export interface Comparison {
  /** The sites whose differences are explained: the inputs or a layer. */
  readonly ends: readonly Site[];
  readonly scorer: Scorer;
  readonly procedure: Procedure;
}

/** Rows of inputs, of their baselines, and the examples that they come from. */
export interface ComparedRows {
  readonly rows: readonly Tensor[];
  readonly baselines: readonly Tensor[];
  readonly example: Int32Array;
}

/**
 * One DeepLIFT pass: the network at x and again with the ends at their values for the baseline, then one walk back.
 * Σ over the ends of Δ times multiplier is the difference of the scores.
 */
export function compareRuns(
  network: Network,
  { ends, scorer, procedure: { composite, parts } }: Comparison,
  { rows, baselines, example }: ComparedRows,
): { readonly score: Tensor1D; readonly origin: Tensor1D; readonly maps: readonly Tensor[] } {
  const start = network.forward(baselines, { taps: ends });
  const walk = { taps: [...scorer.taps, ...ends], differentiate: { to: ends, composite } };
  // What bypasses the ends keeps its value at x.
  const from = new Map(ends.map((site) => [site, start.value(site)]));
  const reference = network.forward(rows, { ...walk, from });
  const record = network.forward(rows, walk);
  const { score, seeds } = scorer.score(record, example);
  const differences = ends.map((site) => parts(tf.sub(record.value(site), start.value(site))));
  const signals = record.backward(inStreams(seeds, differences[0]?.length as number), {
    to: ends,
    reference,
    states: new Map(ends.map((site, i) => [site, stateOf(differences[i] as readonly Tensor[])])),
  });
  const maps = ends.map((site, i) => {
    const multipliers = streamsAt(signals, site);
    const shares = (differences[i] as readonly Tensor[]).map((part, k) => tf.mul(part, multipliers[k] as Tensor));
    return shares.reduce((sum, share) => tf.add(sum, share));
  });
  return { score, origin: scorer.score(reference, example).score, maps };
}

/** Where rules for contributions begin; rules for whole differences do not look at it. */
function stateOf([positive, negative]: readonly Tensor[]): Partial<Contributions> {
  return { ...(positive && { positive }), ...(negative && { negative }) };
}

/** Every part of a difference is multiplied back from the same score. */
function inStreams(seeds: Seeds, count: number): Seeds {
  return new Map([...seeds].map(([site, seed]) => [site, new Array<Tensor>(count).fill(seed as Tensor)]));
}
