import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, iterate } from '../network/dataset.ts';
import { forEachDatasetBatch } from '../network/datasetBatches.ts';
import { readInputs } from '../network/inputs.ts';
import type { Network } from '../network/network.ts';
import type { Model, RunOptions } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { sizeOf } from '../numeric/shape.ts';
import { type DissectionOptions, dissectReadings, type Readings, type Sample } from './dissectReadings.ts';
import { faultsOf } from './faults.ts';
import { fieldAnchors } from './fieldAnchors.ts';
import { imageCount } from './imageCount.ts';
import type { Dissection, LabelledImage } from './types.ts';
import type { Upsampling } from './upsampling.ts';

/** Options of {@link dissect}. */
export interface DissectOptions<L extends string = string> extends DissectionOptions, RunOptions {
  /** The addresses of the layers, which have rows and columns. */
  readonly layers: readonly L[];
  /** Where positions lie in the image: at the centres of their receptive fields (the default), or so as to fill it. */
  readonly upsampling?: 'receptiveField' | Upsampling;
  /** How many images there are, or more; without it, a data set that is no array is read once more, to count. */
  readonly images?: number;
}

/**
 * Network Dissection: which concept each unit of a layer finds, by comparing where it is active with labels.
 *
 * The mask of unit $u$ is where $a_u > T_u$, interpolated bilinearly, with $P(a_u > T_u) \le \tau$ over all positions of
 * all images; $\mathrm{IoU}_{uc} = \frac{\sum |M_u \cap L_c|}{\sum |M_u \cup L_c|}$, the sums over the images that have
 * something of the category of c. A unit is a detector of the concept of its greatest IoU, if that is above 0.04.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", Eq. (1).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read twice, all layers together.
 * @param options `layers`, `concepts`; `categories`, `quantile`, `threshold`, `upsampling`, `quantileOn`, `memory`, `images`,
 * `onFault`, `batchSize`, `signal`, `onProgress`.
 * @returns per layer thresholds, counts, the IoU of each unit and concept, and what each unit stands for.
 * @throws {RangeError} if there is no such layer or it has no rows and columns, there is no image, an image or its labels
 * are not as described (the message names the image), or an option is out of its range; {TypeError} if the data set
 * cannot be read twice; the signal's reason.
 * @example
 * ```ts
 * import { dissect } from 'vitrine';
 * const { conv3 } = await dissect(model, labelledImages, { layers: ['conv3'], concepts });
 * for (const { unit, best } of conv3.units) console.log(unit, best?.concept, best?.iou);
 * ```
 */
export async function dissect<L extends string>(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: DissectOptions<L>,
): Promise<Record<L, Dissection>> {
  const { layers, upsampling = 'receptiveField', signal, onFault } = options;
  return withNetwork(model, async (network) => {
    const sites = layers.map((layer) => network.site(layer, 'layers'));
    for (const { address, shape } of sites) {
      if (shape.length !== 4) throw new RangeError(`"layers" expected layers with rows and columns, got "${address}"`);
    }
    const images = options.images ?? (await imageCount(dataset, signal));
    const dissections = await dissectReadings(
      readingsOf(network, dataset, {
        ...options,
        images,
        faults: faultsOf(onFault),
        upsampling: layers.map((layer) =>
          upsampling === 'receptiveField' ? fieldAnchors(network, layer) : upsampling,
        ),
      }),
      options,
    );
    return Object.fromEntries(layers.map((layer, i) => [layer, dissections[i]])) as Record<L, Dissection>;
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
      for await (const { image, ...labels } of iterate(dataset)) {
        const sample = { ...labels, image: number++ };
        if (plan.faults.has(sample.image)) continue;
        try {
          const arrays = await readInputs(network, image, 'image');
          if (arrays[0]?.shape[0] !== 1) throw new RangeError('"image" expected one example, got several');
          waiting.push(sample);
          yield arrays;
        } catch (error) {
          plan.faults.report(sample.image, sample.name, error);
        }
      }
    };
    await forEachDatasetBatch(
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
        consume: (part) => {
          const batch = layers.map((_, i) => part[`${i}`] as NdArray);
          for (let row = 0; row < (batch[0]?.shape[0] as number); row++) {
            visit({
              ...(waiting.shift() as Omit<Sample, 'activations'>),
              activations: batch.map((all) => rowOf(all, row)),
            });
          }
        },
      },
    );
  };
  return { ...plan, read };
}

function rowOf({ shape, data }: NdArray, row: number): NdArray {
  const own = shape.slice(1);
  return { shape: own, data: data.subarray(row * sizeOf(own), (row + 1) * sizeOf(own)) };
}
