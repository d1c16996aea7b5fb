import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addTensors } from '../../backend/kernels/elementwise.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { WalkSeeds } from '../../network/walk/record.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import type { ReadyObjective } from './readyObjective.ts';

/** One weight for all pictures, or one for each. */
type Weight = number | readonly number[];

/** A ready objective and how much it counts. */
export interface WeightedObjective {
  readonly weight: Weight;
  readonly objective: ReadyObjective;
}

/** Ready objectives times their weights, added up. */
export function weightedSum(terms: readonly WeightedObjective[], count: number): ReadyObjective {
  const read = terms.filter(({ objective }) => objective.taps.length > 0);
  return {
    taps: [...new Set(read.flatMap(({ objective }) => objective.taps))],
    score(run) {
      const parts = read.map(({ weight, objective }) => ({ weight, ...objective.score(run) }));
      const scores = parts.map(({ weight, score }) => times(score, weight));
      return {
        score: scores.length === 0 ? tf.zeros([count]) : (tf.addN(scores) as Tensor1D),
        seeds: joinedSeeds(parts),
      };
    },
    ...ofPictures(terms),
  };
}

function ofPictures(terms: readonly WeightedObjective[]): Pick<ReadyObjective, 'picture'> {
  const scores = terms.flatMap(({ weight, objective: { picture } }) => (picture ? [{ weight, picture }] : []));
  if (scores.length === 0) return {};
  return {
    picture(pictures: Tensor4D): Penalty {
      const parts = scores.map(({ weight, picture }) => ({ weight, ...picture(pictures) }));
      return {
        value: tf.addN(parts.map(({ weight, value }) => times(value, weight))) as Tensor1D,
        gradient: tf.addN(parts.map(({ weight, gradient }) => times(gradient, weight))),
      };
    },
  };
}

function joinedSeeds(parts: readonly { readonly weight: Weight; readonly seeds: WalkSeeds }[]): WalkSeeds {
  const sums = new Map<Site, Tensor>();
  for (const { weight, seeds } of parts) {
    for (const [site, seed] of seeds) {
      const [before, added] = [sums.get(site), times(seed as Tensor, weight)];
      sums.set(site, before ? addTensors(before, added) : added);
    }
  }
  return sums;
}

function times<T extends Tensor>(values: T, weight: Weight): T {
  if (typeof weight === 'number') return weight === 1 ? values : tf.mul(values, weight);
  return tf.mul(values, tf.tensor([...weight], [weight.length, ...values.shape.slice(1).map(() => 1)]));
}
