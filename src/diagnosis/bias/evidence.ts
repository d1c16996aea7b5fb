import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { exampleRange } from '../../scoring/session.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';

/** What is read of images: what speaks for each attribute at a layer. */
export interface EvidencePlan {
  readonly network: Network;
  readonly site: Site;
  readonly scorers: readonly Scorer[];
  readonly pattern: 'contribution' | 'gradient';
}

/**
 * What speaks for each attribute at a layer, `[n, …]` under its number: its gradient v, or what each activation contributes,
 * v ∘ a. One forward walk, and one backward walk for each attribute.
 */
export function evidenceOf(
  { network, site, scorers, pattern }: EvidencePlan,
  rows: readonly Tensor[],
): Record<string, Tensor> {
  const taps = [...new Set([site, ...scorers.flatMap((scorer) => scorer.taps)])];
  const record = network.forward(rows, { taps, differentiate: { to: [site] } });
  const example = exampleRange(0, rows[0]?.shape[0] as number);
  const found = scorers.map((scorer, i): [string, Tensor] => {
    const gradient = signalAt(record.backward(scorer.score(record, example).seeds, { to: [site] }), site);
    return [`${i}`, pattern === 'gradient' ? tf.clone(gradient) : tf.mul(gradient, record.value(site))];
  });
  return Object.fromEntries(found);
}
