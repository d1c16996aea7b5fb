import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import { forEachBatch } from '../../network/walk/batches.ts';
import type { ForwardRecord, WalkSeeds } from '../../network/walk/record.ts';
import { signalAt } from '../../network/walk/signals.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { exampleSums } from '../../numeric/running.ts';
import { repeated } from '../../scoring/masking.ts';
import type { Session } from '../../scoring/session.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';

/** The sums of gradients over points that a method chooses. */
export interface PointSampling {
  readonly stage: string;
  /** The sites whose values the points replace: the inputs or a layer. */
  readonly sites: readonly Site[];
  /** The number of points for each example. */
  readonly samples: number;
  readonly scorer: Scorer;
  /** The points `start…end` of an example, for each site. */
  readonly draw: (example: number, start: number, end: number) => readonly WeightedPoints[];
  /** The examples that are run, all by default; the sums of the others stay zero. */
  readonly examples?: readonly number[];
  /** Where the gradients are taken; at the sites by default. Each is weighted as the first site is. */
  readonly at?: readonly Site[];
  /** Other values that `signals` reads of the forward walk. */
  readonly taps?: readonly Site[];
  /** The signals whose sum is wanted; the gradient of the score by default. */
  readonly signals?: (record: ForwardRecord, seeds: WalkSeeds) => ReadonlyMap<Site, readonly Tensor[]>;
}

/** Points `[k, …]` and what their gradients are multiplied with before they are summed. */
export interface WeightedPoints {
  readonly points: Tensor;
  readonly weights: Tensor;
}

/** Sums weighted gradients over the points of each example; one array per site, in the shape of all examples. */
export async function sumGradients(session: Session, sampling: PointSampling): Promise<readonly NdArray[]> {
  const { network, count, options } = session;
  const { stage, sites, samples, scorer, draw, at = sites, taps = [] } = sampling;
  const { examples = Array.from({ length: count }, (_, i) => i) } = sampling;
  const { signals = (record, seeds) => record.backward(seeds, { to: at }) } = sampling;
  const sums = exampleSums(count);
  await forEachBatch(
    { ...options, stage, total: samples, groups: examples.length },
    ({ group, start, end }) => {
      const example = examples[group] as number;
      const drawn = draw(example, start, end);
      const from = new Map(sites.map((site, i) => [site, (drawn[i] as WeightedPoints).points]));
      const record = network.forward(pointRows(session, from, { example, count: end - start }), {
        from,
        taps: [...scorer.taps, ...taps],
        differentiate: { to: [...at, ...sites] },
      });
      const { seeds } = scorer.score(record, new Int32Array(end - start).fill(example));
      const found = signals(record, seeds);
      const parts = at.map((site, i): [string, Tensor] => [
        String(i),
        weightedSum(signalAt(found, site), (drawn[at === sites ? i : 0] as WeightedPoints).weights),
      ]);
      return Object.fromEntries(parts);
    },
    (part, { group }) => {
      at.forEach((_, i) => void sums.add(i, examples[group] as number, part[i] as NdArray));
    },
  );
  return sums.arrays();
}

/** The rows of each input for points of an example; what a cut puts in place of an input need not be made twice. */
export function pointRows(
  { network, inputs }: Pick<Session, 'network' | 'inputs'>,
  points: ReadonlyMap<Site, Tensor>,
  { example, count }: { readonly example: number; readonly count: number },
): readonly Tensor[] {
  return inputs.map((input, i) => points.get(network.inputs[i] as Site) ?? repeated(input, example, count));
}

/** Numbers along the batch axis have the rank of whatever they multiply. */
function weightedSum(signal: Tensor, weights: Tensor): Tensor {
  const rows = signal.shape[0] as number;
  const fitted = weights.size === rows ? tf.reshape(weights, [rows, ...signal.shape.slice(1).map(() => 1)]) : weights;
  return tf.sum(tf.mul(signal, fitted), 0);
}
