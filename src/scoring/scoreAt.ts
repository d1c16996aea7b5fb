import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../network/graph/graph.ts';
import { mapBatches } from '../network/walk/batches.ts';
import { rowsOf } from '../network/walk/inputs.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { exampleRange, type Session } from './session.ts';
import type { Scorer } from './targets/scorer.ts';

/** The score, class and values of sites at given inputs. */
export interface Endpoint {
  readonly score: NdArray;
  readonly classes: NdArray | undefined;
  /** Per site `[n, …]`. */
  readonly values: readonly NdArray[];
}

/** Runs the network at one end of a path. */
export async function endpoint(
  { network, count, options }: Session,
  inputs: readonly NdArray[],
  { sites, scorer }: { sites: readonly Site[]; scorer: Scorer },
): Promise<Endpoint> {
  const { batchSize, signal } = options;
  const plan = { stage: 'endpoints', total: count, ...(batchSize && { batchSize }), ...(signal && { signal }) };
  const found = await mapBatches(plan, (start, end): Record<string, Tensor> => {
    const rows = inputs.map((input) => rowsOf(input, start, end));
    const record = network.forward(rows, { taps: [...scorer.taps, ...sites] });
    const { score, classes } = scorer.score(record, exampleRange(start, end));
    const values = sites.map((site, i): [string, Tensor] => [String(i), tf.clone(record.value(site))]);
    return { score, ...(classes && { classes }), ...Object.fromEntries(values) };
  });
  return {
    score: found.score as NdArray,
    classes: found.classes,
    values: sites.map((_, i) => found[i] as NdArray),
  };
}
