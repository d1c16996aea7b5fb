import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { modelScale } from '../ascent/modelScale.ts';
import { asTheyAre, scoredPictures } from '../ascent/scoredPictures.ts';
import { createObjective } from '../objectives/createObjective.ts';
import type { Objective } from '../objectives/objective.ts';

/** The objective of each of some pictures `[n, h, w, c]` of 0 to 1, alone and as it is. */
export async function objectiveValues(
  network: Network,
  objective: Objective,
  pictures: NdArray,
  { signal, ...scale }: PixelScale & { readonly signal?: AbortSignal },
): Promise<Float32Array> {
  const toModel = modelScale(scale, pictures.shape[3] as number);
  const plan = { stage: 'objective', total: pictures.shape[0] as number, batchSize: 1, ...(signal && { signal }) };
  const { value } = await mapBatches(plan, (start, end) => {
    const ready = createObjective(network, objective, 1);
    const rows = rowsOf(pictures, start, end) as Tensor4D;
    return {
      value: tf.clone(scoredPictures({ network, toModel }, rows, { objective: ready, views: [asTheyAre] }).value),
    };
  });
  return value.data;
}
