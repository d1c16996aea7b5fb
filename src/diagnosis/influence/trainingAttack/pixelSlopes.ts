import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import type { Site } from '../../../network/graph/graph.ts';
import { mapBatches } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { signalAt } from '../../../network/walk/signals.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { headPerturbation } from '../head/headPerturbation.ts';
import type { HeadExamples } from '../head/headProblem.ts';
import type { TrainedHead, TrainingField } from './field.ts';

/** The gradients of $s^T \nabla_W L$ of examples by their pixels, in the shape of the images. */
export async function pixelSlopes(
  field: TrainingField,
  { problem }: TrainedHead,
  {
    images,
    examples,
    direction,
  }: { readonly images: NdArray; readonly examples: HeadExamples; readonly direction: Float64Array },
): Promise<NdArray> {
  const { network, dense, hasBias, options } = field;
  const { columns, rows } = examples.features;
  const byFeature = await inSlices(headPerturbation(problem, examples, direction), { signal: options.signal });
  const width = hasBias ? columns - 1 : columns;
  const seeds = Float32Array.from({ length: rows * width }, (_, i) => {
    return byFeature[Math.floor(i / width) * columns + (i % width)] as number;
  });
  const site = network.inputs[0] as Site;
  const { slopes } = await mapBatches({ ...options, stage: 'slopes', total: rows }, (start, end) => {
    const record = network.forward([rowsOf(images, start, end)], {
      taps: [dense.features],
      differentiate: { to: [site] },
    });
    const seed = tf.reshape(
      rowsOf({ shape: [rows, width], data: seeds }, start, end),
      record.value(dense.features).shape,
    );
    return { slopes: signalAt(record.backward(new Map([[dense.features, seed]]), { to: [site] }), site) };
  });
  return slopes;
}
