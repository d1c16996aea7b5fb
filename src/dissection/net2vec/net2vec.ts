import { owned } from '../../backend/owned.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks, required } from '../../numeric/options.ts';
import { assertDataset, type Dataset } from '../../readings/dataset.ts';
import { layerReadings } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import { assertLayerUpsampling } from '../../readings/placement.ts';
import { directionsOf } from '../../scoring/directions.ts';
import type { DissectOptions } from '../options.ts';
import { type EmbeddingOptions, embedConcepts, embeddingChecks } from './embedConcepts.ts';
import type { Net2Vec } from './types.ts';

/** Options of {@link net2vec}. */
export interface Net2VecOptions
  extends EmbeddingOptions,
    RunOptions,
    Pick<DissectOptions, 'upsampling' | 'imageCount'> {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
}

const checks: OptionChecks<Net2VecOptions> = {
  ...runChecks,
  ...embeddingChecks,
  layer: required(layerAddress),
  upsampling: assertLayerUpsampling,
  imageCount: integer(1),
};

/**
 * Net2Vec: how concepts are encoded by the units of a layer, by one of them or by many together.
 *
 * A unit is on where its activation is above its threshold, $B_k = [a_k > T_k]$. For each concept, over the images that
 * have it: the one unit whose mask $\mathrm{up}(B_k) > \frac12$ has the greatest IoU, and weights w that bring
 * down the loss of the mask $M = \sigma(\mathrm{up}(\sum_k w_k B_k))$,
 *
 * $$ -\frac{1}{N} \sum_x \sum_p [\alpha M L_c + (1 - \alpha)(1 - M)(1 - L_c)], $$
 *
 * where 1 − α is the mean share of pixels that the concept has. Both are found with one part of the images, and their
 * IoUs are those over the other part; an image belongs to a part by `seed` and its place in the data set. Weights are learnt
 * by a few steps of gradient descent with momentum from 0, over all images at once: nothing in it is random, and the
 * gradient is scaled so that steps do not depend on the number of pixels.
 *
 * Source: Fong and Vedaldi 2018, "Net2Vec: quantifying and explaining how concepts are encoded by filters in deep neural
 * networks"; there with stochastic gradient descent (momentum 0.9 as here) from random weights.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read twice, or once with `thresholds`. Of each image
 * with a concept only the activations above thresholds and the outlines of the concepts are kept.
 * @param options `layer`, `concepts`; `chosen`, `thresholds` or `quantile`, `validation`, `seed`, `limit`, `unitCounts`,
 * `steps`, `learningRate`, `penalty`, `upsampling`, `imageCount`, `onFault`, `batchSize`, `signal`, `onProgress`.
 * @returns per concept the best unit and the weights `[units]` with their IoU, and all weights `[concepts, units]`.
 * @throws {VitrineError} if there is no such layer or it has no rows and columns, no concept occurs in both parts, an image
 * or its labels are not as described, or an option is out of its range, or if the data set cannot be read twice;
 * the signal's reason.
 * @example
 * ```ts
 * import { net2vec } from 'vitrine';
 * const found = await net2vec(model, labelledImages, { layer: 'conv3', concepts, quantile: 0.05, seed: 2, unitCounts: [1, 3] });
 * for (const { concept, single, multiple } of found.concepts) console.log(concept, single.iou, multiple.iou);
 * ```
 */
export async function net2vec(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: Net2VecOptions,
): Promise<Net2Vec> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ layer, ...own }] = await owned(options);
  return withNetwork(model, async (network) => {
    const site = network.site(layer, 'layer');
    if (site.shape.length !== 4)
      throw new VitrineError('bad-argument', `"layer" expected one with rows and columns, got "${layer}"`);
    const found = await embedConcepts(await layerReadings(network, dataset, { ...own, layers: [layer] }), own);
    return { ...found, directions: directionsOf(layer, found.embeddings) };
  });
}
