import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { WalkSeeds } from '../../network/walk/record.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import type { TappedValues } from '../../scoring/targets/scorer.ts';

/** An objective made ready for a network and a number of pictures. */
export interface ReadyObjective {
  /** What the forward walk must keep; none where the objective is of the pictures alone. */
  readonly taps: readonly Site[];
  /** The score `[n]` that is read from the network, and where the gradient of its sum starts. */
  readonly score: (run: TappedValues) => { readonly score: Tensor1D; readonly seeds: WalkSeeds };
  /** The score of the pictures themselves; none where there is no such part. */
  readonly picture?: (pictures: Tensor4D) => Penalty;
}
