import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { ForwardRecord, Seeds } from '../../network/walk/record.ts';

/** Seeds of a walk in which ends that get nothing, as behind a gate, have a relevance of 0. */
export function withZeros(seeds: Seeds, record: ForwardRecord, ends: readonly Site[]): Seeds {
  const streams = [[...seeds.values()][0] as Tensor | readonly Tensor[]].flat();
  // An end that the forward walk did not come to is none of the score.
  const reached = ends.filter(({ value }) => record.trace.values.has(value));
  const zeros = reached.map((site): [Site, Tensor[]] => [site, streams.map(() => tf.zerosLike(record.value(site)))]);
  return new Map<Site, Tensor | readonly Tensor[]>([...zeros, ...seeds]);
}
