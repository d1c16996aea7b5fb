import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Site } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import { signalAt } from '../../../network/walk/signals.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';

/** What is differentiated where. */
export interface ScoredRows {
  /** One tensor for each input of the model. */
  readonly rows: readonly Tensor[];
  /** The example behind each row. */
  readonly examples: Int32Array;
  readonly scorer: Scorer;
  readonly site: Site;
}

/** The scores of rows and their gradient at a site, in the caller's `tf.tidy`. */
export function scoreGradient(
  network: Network,
  { rows, examples, scorer, site }: ScoredRows,
): { score: Tensor1D; gradient: Tensor } {
  const record = network.forward(rows, { taps: scorer.taps, differentiate: { to: [site] } });
  const { score, seeds } = scorer.score(record, examples);
  return { score, gradient: signalAt(record.backward(seeds, { to: [site] }), site) };
}
