import type { Tensor } from '@tensorflow/tfjs-core';
import type { Site } from '../network/graph/graph.ts';
import { type BaseRun, baseRun } from '../network/incremental/baseRun.ts';
import type { Change } from '../network/incremental/change.ts';
import { type Chunk, forEachBatch } from '../network/walk/batches.ts';
import type { Session } from './session.ts';
import type { Scorer } from './targets/scorer.ts';

/** Rows in one pass where nothing else is asked for: what is computed again is small, so that its cost is that of a call. */
const TOGETHER = 8;

/** Rows that a method makes of each example by changing its values at one place. */
export interface Changes {
  readonly stage: string;
  /** The number of rows made of every example, or of each where they differ. */
  readonly samples: number | readonly number[];
  readonly scorer: Scorer;
  /** The input or the layer that is changed. */
  readonly site: Site;
  /** What rows `start…end` of an example have there: whole values, or patches; in the `tf.tidy` of the batch. */
  readonly change: (example: number, start: number, end: number) => Change;
}

/**
 * Scores examples whose values are changed at one place, in bounded batches. Only what a change can reach is computed
 * again, which is exact.
 *
 * @param consume is given the scores `[end − start]` of each batch; `chunk.group` is the example.
 */
export async function changedRuns(
  { network, count, options, rows }: Session,
  { stage, samples, scorer, site, change }: Changes,
  consume: (scores: Float32Array, chunk: Chunk) => void,
): Promise<void> {
  let base: { readonly example: number; readonly run: BaseRun } | undefined;
  const runOf = (example: number): BaseRun => {
    if (base?.example === example) return base.run;
    base?.run.dispose();
    base = { example, run: baseRun(network, rows(example, example + 1), { at: [site], taps: scorer.taps }) };
    return base.run;
  };
  try {
    await forEachBatch<'scores'>(
      { batchSize: TOGETHER, ...options, stage, total: samples, groups: count },
      ({ group, start, end }) => {
        const run = runOf(group).change(new Map([[site, change(group, start, end)]]));
        return { scores: scorer.score(run, new Int32Array(end - start).fill(group)).score as Tensor };
      },
      ({ scores }, chunk) => consume(scores.data, chunk),
    );
  } finally {
    base?.run.dispose();
  }
}
