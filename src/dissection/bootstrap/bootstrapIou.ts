import { owned } from '../../backend/owned.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, callback, type OptionChecks, required } from '../../numeric/options.ts';
import { assertDataset, type Dataset } from '../../readings/dataset.ts';
import { layerReadings } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import { assertLayerUpsampling } from '../../readings/placement.ts';
import type { DissectOptions } from '../options.ts';
import { bootstrapReadings, type IntervalOptions, intervalChecks } from './bootstrapReadings.ts';
import type { BootstrapIou } from './types.ts';

/** Options of {@link bootstrapIou}. */
export interface BootstrapIouOptions
  extends IntervalOptions,
    RunOptions,
    Pick<DissectOptions, 'upsampling' | 'onFault'> {
  /** The address of the layer that was dissected. */
  readonly layer: string;
}

const checks: OptionChecks<BootstrapIouOptions> = {
  ...runChecks,
  ...intervalChecks,
  layer: required(layerAddress),
  upsampling: assertLayerUpsampling,
  onFault: callback,
};

/**
 * Confidence intervals of a dissection, by the bootstrap: how much other images of the same kind could change it.
 *
 * In each sample as many images as there are get drawn with replacement, and $\mathrm{IoU} = \frac{\sum I}{\sum A + \sum
 * T - \sum I}$ is taken over these; the interval lies between quantiles of the samples. The thresholds stay, so that
 * what is shown is the chance in the images that are counted.
 *
 * Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", §13.3, the percentile interval.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset the images that were dissected; read once. Of each image and unit the pixels shared with `count`
 * concepts are kept.
 * @param options `layer`, `dissection`; `upsampling` as there; `samples`, `confidence`, `count`, `seed`, `onFault`,
 * `batchSize`, `signal`, `onProgress`. Sample r is drawn by the seed and r.
 * @returns per unit the interval of its IoU, the share of samples in which its concept stays the best one and in which
 * it is a detector; the interval of the number of detectors.
 * @throws {VitrineError} if the layer or the images are not those that were dissected, or an option is out of its range;
 * the signal's reason.
 * @example
 * ```ts
 * import { dissect } from 'vitrine';
 * import { bootstrapIou } from 'vitrine/dissection';
 * const { conv3 } = await dissect(model, labelledImages, { layers: ['conv3'], concepts, quantile: 0.05 });
 * const { units } = await bootstrapIou(model, labelledImages, { layer: 'conv3', dissection: conv3, samples: 200 });
 * for (const { unit, best } of units) if (best) console.log(unit, best.concept, best.low, best.high, best.stability);
 * ```
 */
export async function bootstrapIou(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: BootstrapIouOptions,
): Promise<BootstrapIou> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ layer, ...own }] = await owned(options);
  const { imageCount } = own.dissection;
  return withNetwork(model, async (network) => {
    const units = network.site(layer, 'layer').shape.at(-1);
    if (units !== own.dissection.units.length) {
      throw new VitrineError(
        'bad-argument',
        `"dissection" expected one of ${units} units, got ${own.dissection.units.length}`,
      );
    }
    const readings = await layerReadings(network, dataset, { ...own, layers: [layer], imageCount });
    return bootstrapReadings(readings, own);
  });
}
