import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../network/graph/graph.ts';
import type { RunOptions } from '../network/types.ts';
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

/** What is read at an endpoint. */
export interface EndpointRequest {
  readonly sites: readonly Site[];
  readonly scorer: Scorer;
  /** What its passes are called, where progress is reported. */
  readonly stage?: string;
  readonly onProgress?: RunOptions['onProgress'] | undefined;
}

/** Runs the network at inputs such as x, or an end of a path. */
export async function endpoint(
  { network, count, options }: Session,
  inputs: readonly NdArray[],
  { sites, scorer, stage = 'endpoints', onProgress }: EndpointRequest,
): Promise<Endpoint> {
  const { batchSize, signal } = options;
  const run = { ...(batchSize && { batchSize }), ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const plan = { stage, total: count, ...run };
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
