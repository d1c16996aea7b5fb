import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { ForwardRecord, WalkSeeds } from '../../network/walk/record.ts';
import { streamsAt } from '../../network/walk/signals.ts';
import type { Passage } from './through.ts';

type Signals = ReturnType<ForwardRecord['backward']>;

/** What arrives at the ends of a walk; ends that get nothing, as behind a gate, have a relevance of 0. */
export function relevanceAtEnds(
  record: ForwardRecord,
  seeds: WalkSeeds,
  { ends, through = [] }: { readonly ends: readonly Site[]; readonly through?: readonly Passage[] },
): Signals {
  // Each stretch ends at a passage, and the next begins with what came through: nothing goes around it.
  const start = through.reduce<WalkSeeds>(
    (from, { site, mask }) => new Map([[site, streamsAt(walked(record, from, [site]), site).map(mask)]]),
    seeds,
  );
  return walked(record, start, ends);
}

function walked(record: ForwardRecord, seeds: WalkSeeds, ends: readonly Site[]): Signals {
  const streams = [[...seeds.values()][0] as Tensor | readonly Tensor[]].flat();
  // An end that the forward walk did not come to is none of the score.
  const reached = ends.filter(({ value }) => record.trace.values.has(value));
  const zeros = reached.map((site): [Site, Tensor[]] => [site, streams.map(() => tf.zerosLike(record.value(site)))]);
  return record.backward(new Map<Site, Tensor | readonly Tensor[]>([...zeros, ...seeds]), { to: ends });
}
