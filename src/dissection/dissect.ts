import { owned } from '../backend/owned.ts';
import type { Model } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { assertOptions } from '../numeric/options.ts';
import { assertDataset, type Dataset } from '../readings/dataset.ts';
import { layerReadings } from '../readings/labelledReadings.ts';
import type { LabelledImage } from '../readings/labels.ts';
import { type DissectOptions, dissectChecks } from './options.ts';
import { dissectReadings } from './stages/inStages.ts';
import { dissectSpilling } from './stages/spilling.ts';
import type { Dissection } from './types.ts';

/**
 * Network Dissection: which concept each unit of a layer finds, by comparing where it is active with labels.
 *
 * The mask of unit $u$ is where $a_u > T_u$, interpolated bilinearly, with $P(a_u > T_u) \le \tau$ over all positions of
 * all images; $\mathrm{IoU}_{uc} = \frac{\sum |M_u \cap L_c|}{\sum |M_u \cup L_c|}$, the sums over the images that have
 * something of the category of c. A unit is a detector of the concept of its greatest IoU, if that is above 0.04.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", Eq. (1).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read twice, all layers together; with `spill` the
 * second reading takes the labels alone.
 * @param options `layers`, `concepts`; `categories`, `quantile`, `threshold`, `upsampling`, `quantileOn`, `memory`, `spill`,
 * `imageCount`, `onFault`, `batchSize`, `signal`, `onProgress`.
 * @returns per layer thresholds, counts, the IoU of each unit and concept, and what each unit stands for.
 * @throws {VitrineError} if there is no such layer or it has no rows and columns, there is no image, an image or its labels
 * are not as described (the message names the image), or an option is out of its range, or if the data set
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
  assertOptions(options, dissectChecks);
  assertDataset('dataset', dataset);
  const [own] = await owned(options);
  return withNetwork(model, async (network) => {
    const { spill } = own;
    const dissections = spill
      ? await dissectSpilling(network, dataset, { ...own, spill })
      : await dissectReadings(await layerReadings(network, dataset, own), own);
    return Object.fromEntries(own.layers.map((layer, i) => [layer, dissections[i]])) as Record<L, Dissection>;
  });
}
