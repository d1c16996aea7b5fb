import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inTurn } from '../../backend/inTurn.ts';
import { example } from '../../image/maps/example.ts';
import type { Site } from '../../network/graph/graph.ts';
import { type BaseRun, baseRun } from '../../network/incremental/baseRun.ts';
import type { Network } from '../../network/network.ts';
import { forEachBatch } from '../../network/walk/batches.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { withoutUnits } from '../../network/walk/withoutUnits.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';
import { inputsOf } from '../../readings/imageSource.ts';
import type { AblationPlan, AblationRun, ScoreVisitor } from './ablationPlan.ts';

/** Rows in one pass where nothing else is asked for: what is computed again is small, so that its cost is that of a call. */
const TOGETHER = 8;

/** The logits with sets of units off, by running again what the layer reaches. */
export async function scoresByRuns(
  plan: AblationPlan,
  images: ImageDataset,
  { total, ...run }: AblationRun,
  visit: ScoreVisitor,
): Promise<void> {
  let seen = 0;
  run.signal?.throwIfAborted();
  for await (const inputs of inputsOf(plan.network, images)) {
    for (let row = 0; row < (inputs[0]?.shape[0] as number); row++, seen++) {
      const one = inputs.map((input) => example(input, row));
      await exampleScores(plan, one, run, (set, logits) => visit(seen, set, logits));
      run.onProgress?.({ stage: run.stage, done: seen + 1, total });
    }
  }
  run.signal?.throwIfAborted();
  if (seen === 0) throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
}

async function exampleScores(
  { network, site, head, sets }: AblationPlan,
  inputs: readonly NdArray[],
  { stage, signal, batchSize = TOGETHER }: Omit<AblationRun, 'total'>,
  visit: (set: number, logits: Float32Array) => void,
): Promise<void> {
  const rows = (): readonly Tensor[] => inputs.map((input) => rowsOf(input, 0, 1));
  const activations = await activationsAt(network, rows, site, signal);
  const layer = (): Tensor => rowsOf(activations, 0, 1);
  let base: BaseRun | undefined;
  try {
    await forEachBatch<'logits'>(
      { stage, batchSize, ...(signal && { signal }), total: sets.length },
      ({ start, end }) => {
        // What goes by the layer is kept, so that only what the layer reaches is computed again.
        base ??= baseRun(network, rows(), { from: new Map([[site, layer()]]), at: [site], taps: [head.logits] });
        const run = base.change(new Map([[site, withoutUnits(layer(), sets.slice(start, end))]]));
        return { logits: tf.reshape(run.value(head.logits), [end - start, -1]) };
      },
      ({ logits }, { start, end }) => {
        for (let set = start; set < end; set++) visit(set, rowOf(logits, set - start));
      },
    );
  } finally {
    base?.dispose();
  }
}

/** The output of a layer, as plain data. */
async function activationsAt(
  network: Network,
  rows: () => readonly Tensor[],
  site: Site,
  signal: AbortSignal | undefined,
): Promise<NdArray> {
  let found: NdArray | undefined;
  await inTurn(
    [site],
    () => ({ value: tf.clone(network.forward(rows(), { taps: [site] }).value(site)) }),
    ({ value }) => {
      found = value;
    },
    signal,
  );
  return found as unknown as NdArray;
}
