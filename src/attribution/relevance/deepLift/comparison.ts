import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { WalkSeeds } from '../../../network/walk/record.ts';
import { streamsAt } from '../../../network/walk/signals.ts';
import { type OptionChecks, oneOf } from '../../../numeric/options.ts';
import { type Endpoint, endpoint } from '../../../scoring/scoreAt.ts';
import { endsOf, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import type { ExplainOptions } from '../../../scoring/types.ts';
import { type LayerOption, layerChecks } from '../../gradient/backpropagated.ts';
import { type RuleOptions, ruleChecks } from '../../ruleOptions.ts';
import { assertUnscaled } from '../assertUnscaled.ts';
import type { Contributions } from './contributions.ts';
import { type DeepLiftRule, type Procedure, procedureOf } from './procedure.ts';

/** The variant of {@link deepLift}. */
export interface DeepLiftVariant extends LayerOption, RuleOptions {
  /**
   * How activations divide a difference: `'rescale'` as a whole; `'revealCancel'` its positive and negative contributions
   * apart; `'mixed'` the latter after dense layers and the former after convolutions. `'rescale'` by default, and for a
   * composite of one's own, whose rules are for whole differences.
   */
  readonly rule?: DeepLiftRule;
}

/** Checks of what {@link deepLift} and {@link deepLiftShap} accept. */
export const variantChecks: OptionChecks<ExplainOptions & DeepLiftVariant> = {
  ...layerChecks,
  ...ruleChecks,
  rule: oneOf(['rescale', 'revealCancel', 'mixed']),
};

/** Checks the options of a DeepLIFT call; a predicted class is the one at x, also in the reference run. */
export async function comparisonOf(
  session: Session,
  options: ExplainOptions & DeepLiftVariant,
): Promise<{ readonly comparison: Comparison; readonly at: Endpoint }> {
  const { network, inputs, scorer, scorerOf } = session;
  const { target, layer } = options;
  assertUnscaled(session, 'deepLift');
  const procedure = procedureOf(options, network.graph);
  const at = await endpoint(session, inputs, { sites: [], scorer });
  const pinned = scorerOf(pinTarget(target, at.classes));
  return { at, comparison: { ends: endsOf(network, layer), scorer: pinned, procedure } };
}

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
function inStreams(seeds: WalkSeeds, count: number): WalkSeeds {
  return new Map([...seeds].map(([site, seed]) => [site, new Array<Tensor>(count).fill(seed as Tensor)]));
}
