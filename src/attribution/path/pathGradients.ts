import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { forEachBatch } from '../../network/batches.ts';
import type { Site } from '../../network/graph.ts';
import type { Scorer } from '../../network/scorer.ts';
import { signalAt } from '../../network/signals.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { sizeOf } from '../../numeric/shape.ts';
import { repeated } from '../repeated.ts';
import type { Session } from '../session.ts';

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
}

/** Points `[k, …]` and what their gradients are multiplied with before they are summed. */
export interface WeightedPoints {
  readonly points: Tensor;
  readonly weights: Tensor;
}

/** Sums weighted gradients over the points of each example; one array per site, in the shape of all examples. */
export async function sumGradients(
  { network, inputs, count, options }: Session,
  { stage, sites, samples, scorer, draw }: PointSampling,
): Promise<readonly NdArray[]> {
  const sums: NdArray[] = [];
  await forEachBatch(
    { ...options, stage, total: samples, groups: count },
    ({ group: example, start, end }) => {
      const drawn = draw(example, start, end);
      const record = network.forward(
        inputs.map((input) => repeated(input, example, end - start)),
        {
          from: new Map(sites.map((site, i) => [site, (drawn[i] as WeightedPoints).points])),
          taps: scorer.taps,
          differentiate: { to: sites },
        },
      );
      const { seeds } = scorer.score(record, new Int32Array(end - start).fill(example));
      const signals = record.backward(seeds, { to: sites });
      const parts = sites.map((site, i): [string, Tensor] => [
        String(i),
        tf.sum(tf.mul(signalAt(signals, site), (drawn[i] as WeightedPoints).weights), 0),
      ]);
      return Object.fromEntries(parts);
    },
    (part, { group: example }) => {
      sites.forEach((_, i) => {
        const { shape, data } = part[i] as NdArray;
        sums[i] ??= { shape: [count, ...shape], data: new Float32Array(count * sizeOf(shape)) };
        addTo((sums[i] as NdArray).data, data, example * data.length);
      });
    },
  );
  return sums;
}

function addTo(sum: Float32Array, part: Float32Array, offset: number): void {
  for (let i = 0; i < part.length; i++) sum[offset + i] = (sum[offset + i] as number) + (part[i] as number);
}
