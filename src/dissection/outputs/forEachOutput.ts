import * as tf from '@tensorflow/tfjs-core';
import type { OutputHead } from '../../network/graph/graph.ts';
import { classLogits } from '../../network/heads/classLogits.ts';
import { scaled } from '../../network/heads/classScale.ts';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { rowOf } from '../../numeric/ndarray.ts';
import { forEachImageBatch, type ReadingPlan } from '../../readings/imageBatches.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';

/** What is taken for the output of a model. */
export type OutputScale = 'shiftedLogit' | 'logit' | 'probability';

/** Runs the model on each image and hands over its output, one number per class. */
export async function forEachOutput(
  { network, head, scale }: { readonly network: Network; readonly head: OutputHead; readonly scale: OutputScale },
  images: ImageDataset,
  plan: ReadingPlan,
  visit: (output: Float64Array, image: number) => void,
): Promise<void> {
  let image = 0;
  await forEachImageBatch(network, images, plan, {
    job: (rows) => {
      const logits = classLogits(network.forward(rows, { taps: [head.logits] }).value(head.logits), head);
      return { values: tf.clone(scale === 'probability' ? scaled(logits, scale, head).values : logits) };
    },
    consume: ({ values }) => {
      for (let row = 0; row < (values.shape[0] as number); row++) {
        const output = Float64Array.from(rowOf(values, row));
        assertFinite(output, image);
        visit(scale === 'shiftedLogit' ? shifted(output, image) : output, image);
        image++;
      }
    },
  });
}

/** Refuses what would leave no directions to look for. */
function assertFinite(output: Float64Array, image: number): void {
  const place = output.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return;
  throw new VitrineError(
    'not-finite',
    `image ${image}: "model" expected finite outputs, got ${output[place]} for class ${place}`,
  );
}

/** $(z - \min z) / \sum (z - \min z)$. */
function shifted(logits: Float64Array, image: number): Float64Array {
  const least = Math.min(...logits);
  const sum = logits.reduce((total, value) => total + value - least, 0);
  if (sum > 0) return logits.map((value) => (value - least) / sum);
  throw new VitrineError(
    'bad-argument',
    `image ${image}: "scale" expected "logit" where all logits are equal, got "shiftedLogit"`,
  );
}
