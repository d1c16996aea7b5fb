import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { baselinesOf } from '../../scoring/baselines.ts';
import { type Endpoint, endpoint } from '../../scoring/scoreAt.ts';
import type { Session } from '../../scoring/session.ts';
import { pinTarget } from '../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';
import type { Baseline } from '../../scoring/types.ts';
import type { WeightedPoints } from './pathGradients.ts';

/** The straight way from the baseline to the input, in the space of some sites. */
export interface StraightPath {
  /** At the baseline. */
  readonly start: Endpoint;
  /** At the input. */
  readonly end: Endpoint;
  /** The score that is explained, the classes filled in that were predicted at the input. */
  readonly scorer: Scorer;
  /** The points at shares `alphas` of the way, for each site, with their weights. */
  points(example: number, alphas: Float64Array, weights: Float64Array): readonly WeightedPoints[];
  /** A gradient at a site times the way gone there. */
  timesWay(slope: NdArray, site: number): NdArray;
}

/** Runs the network at both ends of the path. */
export async function straightPath(
  session: Session,
  { sites, baseline }: { sites: readonly Site[]; baseline: Baseline | readonly Baseline[] },
): Promise<StraightPath> {
  const { inputs, options } = session;
  const baselines = await baselinesOf(session, baseline);
  const end = await endpoint(session, inputs, { sites, scorer: session.scorer });
  const scorer = session.scorerOf(pinTarget(options.target, end.classes));
  const start = await endpoint(session, baselines, { sites, scorer });
  return {
    start,
    end,
    scorer,
    points: (example, alphas, weights) =>
      sites.map((_, i) => {
        const near = rowsOf(start.values[i] as NdArray, example, example + 1);
        const way = tf.sub(rowsOf(end.values[i] as NdArray, example, example + 1), near);
        return { points: tf.add(near, tf.mul(way, column(alphas, way.rank))), weights: column(weights, way.rank) };
      }),
    timesWay(slope, site) {
      const [far, near] = [end.values[site] as NdArray, start.values[site] as NdArray];
      const data = far.data.map((value, i) => (value - (near.data[i] as number)) * (slope.data[i] as number));
      return { shape: far.shape, data };
    },
  };
}

/** Numbers along the batch axis, to multiply rows with. */
function column(values: Float64Array, rank: number): Tensor {
  return tf.tensor(Float32Array.from(values), [values.length, ...new Array<number>(rank - 1).fill(1)]);
}
