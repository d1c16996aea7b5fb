import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../backend/owned.ts';
import type { Network } from '../../network/network.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { isSliced } from '../../numeric/sliced.ts';
import { type Dataset, iterate } from '../../readings/dataset.ts';
import { forEachPartBatch } from '../../readings/datasetBatches.ts';
import { type Faults, faultsOf } from '../../readings/faults.ts';
import type { DissectOptions } from '../dissectOptions.ts';
import type { LabelledImage } from '../types.ts';
import { imageCount } from './imageCount.ts';
import { fieldAnchors } from './placement.ts';
import type { Readings, Sample } from './readings.ts';

/** Readings of what the layers of a network make of images. */
export async function layerReadings(
  network: Network,
  dataset: Dataset<LabelledImage>,
  options: DissectOptions,
  faults: Faults = faultsOf(options.onFault),
): Promise<Readings> {
  const { layers, upsampling = 'receptiveField', signal } = options;
  for (const layer of layers) {
    const { address, shape } = network.site(layer, 'layers');
    if (shape.length !== 4)
      throw new VitrineError('bad-argument', `"layers" expected layers with rows and columns, got "${address}"`);
  }
  return readingsOf(network, dataset, {
    ...options,
    images: options.images ?? (await imageCount(dataset, signal)),
    faults,
    upsampling: layers.map((layer) => (upsampling === 'receptiveField' ? fieldAnchors(network, layer) : upsampling)),
  });
}

/** Readings that run the network. */
function readingsOf(
  network: Network,
  dataset: Dataset<LabelledImage>,
  {
    layers,
    batchSize,
    signal,
    onProgress,
    ...plan
  }: Omit<Readings, 'read'> & Omit<DissectOptions, 'images' | 'upsampling'>,
): Readings {
  const sites = layers.map((layer) => network.site(layer));
  const read: Readings['read'] = async (stage, visit) => {
    const waiting: Omit<Sample, 'activations'>[] = [];
    const inputs = async function* (): AsyncGenerator<readonly NdArray[]> {
      let number = 0;
      for await (const { image, ...given } of iterate(dataset)) {
        const [input, labels] = await owned(image, given);
        const sample = { ...labels, image: number++ };
        if (plan.faults.has(sample.image)) continue;
        try {
          const arrays = await readInputs(network, input, 'image');
          if (arrays[0]?.shape[0] !== 1)
            throw new VitrineError('bad-argument', '"image" expected one example, got several');
          waiting.push(sample);
          yield arrays;
        } catch (error) {
          plan.faults.report(sample.image, sample.name, error);
        }
      }
    };
    await forEachPartBatch(
      network,
      inputs,
      {
        stage,
        ...(batchSize !== undefined && { batchSize }),
        ...(signal && { signal }),
        ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, total: plan.images }) }),
      },
      {
        job: (rows) => {
          const record = network.forward(rows, { taps: sites });
          return Object.fromEntries(sites.map((site, i) => [`${i}`, tf.clone(record.value(site))]));
        },
        *consume(part) {
          const batch = layers.map((_, i) => part[`${i}`] as NdArray);
          for (let row = 0; row < (batch[0]?.shape[0] as number); row++) {
            const work = visit({
              ...(waiting.shift() as Omit<Sample, 'activations'>),
              activations: batch.map((all) => ({ shape: all.shape.slice(1), data: rowOf(all, row) })),
            });
            if (isSliced(work)) yield* work;
          }
        },
      },
    );
  };
  return { ...plan, read };
}
