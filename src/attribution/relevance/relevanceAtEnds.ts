import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { ForwardRecord, WalkSeeds } from '../../network/walk/record.ts';

/** What arrives at the ends of a walk; ends that get nothing, as behind a gate, have a relevance of 0. */
export function relevanceAtEnds(
  record: ForwardRecord,
  seeds: WalkSeeds,
  ends: readonly Site[],
): ReturnType<ForwardRecord['backward']> {
  const streams = [[...seeds.values()][0] as Tensor | readonly Tensor[]].flat();
  // An end that the forward walk did not come to is none of the score.
  const reached = ends.filter(({ value }) => record.trace.values.has(value));
  const zeros = reached.map((site): [Site, Tensor[]] => [site, streams.map(() => tf.zerosLike(record.value(site)))]);
  return record.backward(new Map<Site, Tensor | readonly Tensor[]>([...zeros, ...seeds]), { to: ends });
}
