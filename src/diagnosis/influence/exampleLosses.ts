import type { OutputHead } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { linearLosses } from '../../numeric/linear/linearLosses.ts';
import { readLogits } from '../readLogits.ts';
import type { LabelledInputs } from './allLayers/gradientProblem.ts';

/** The cross-entropy of each example. */
export async function exampleLosses(
  network: Network,
  head: OutputHead,
  { inputs, labels }: LabelledInputs,
  run: RunOptions,
): Promise<Float32Array> {
  const { logits } = head;
  const { scores } = await mapBatches({ ...run, stage: 'losses', total: labels.length }, (start, end) => {
    const rows = inputs.map((input) => rowsOf(input, start, end));
    return { scores: readLogits(network.forward(rows, { taps: [logits] }).value(logits), head).scores };
  });
  const classes = scores.shape[1] as number;
  return Float32Array.from(labels, (label, row) =>
    linearLosses.softmax.loss(Float64Array.from(scores.data.subarray(row * classes, (row + 1) * classes)), label),
  );
}
