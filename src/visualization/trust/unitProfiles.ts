import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { allFinite, type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { forEachInputBatch, type ReadingPlan } from '../../readings/imageBatches.ts';

/** For each layer and input what the units are, averaged over positions. */
export async function unitProfiles(
  network: Network,
  inputs: AsyncIterable<readonly NdArray[]>,
  { sites, ...plan }: ReadingPlan & { readonly sites: readonly Site[] },
): Promise<readonly (readonly Float32Array[])[]> {
  const found = sites.map((): Float32Array[] => []);
  await forEachInputBatch(inputs, plan, {
    job: (rows) => {
      const record = network.forward(rows, { taps: sites });
      const means = sites.map((site) => {
        const { shape } = record.value(site);
        return tf.mean(tf.reshape(record.value(site), [shape[0] as number, -1, shape.at(-1) as number]), 1);
      });
      return Object.fromEntries(means.map((mean, i) => [`${i}`, mean]));
    },
    consume: (part) => {
      sites.forEach(({ address }, i) => {
        const means = part[`${i}`] as NdArray;
        if (!allFinite(means.data))
          throw new VitrineError(
            'not-finite',
            `"layers" expected finite activations, got others in layer "${address}"`,
          );
        for (let row = 0; row < (means.shape[0] as number); row++) found[i]?.push(rowOf(means, row));
      });
    },
  });
  return found;
}
