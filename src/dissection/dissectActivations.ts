import { owned } from '../backend/owned.ts';
import type { RunOptions } from '../network/types.ts';
import type { Dataset } from '../readings/dataset.ts';
import { faultsOf } from '../readings/faults.ts';
import { dissectReadings } from './counting/dissectReadings.ts';
import { imageCount } from './counting/imageCount.ts';
import { labelReadings } from './counting/labelReadings.ts';
import type { Upsampling } from './counting/placement.ts';
import type { DissectionOptions } from './dissectOptions.ts';
import type { Dissection, LabelledActivations } from './types.ts';

/** Options of {@link dissectActivations}. */
export interface DissectActivationsOptions extends DissectionOptions, Pick<RunOptions, 'signal' | 'onProgress'> {
  /** Where the positions of activations lie in the image; `'fill'` by default. */
  readonly upsampling?: Upsampling;
  /** How many images there are, or more; without it, a data set that is no array is read once more, to count. */
  readonly images?: number;
}

/**
 * Network Dissection of activations that were computed elsewhere: which concept each unit finds.
 *
 * The mask of unit $u$ is $a_u > T_u$, with $P(a_u > T_u) \le \tau$ over all positions of all images, and
 * $\mathrm{IoU}_{uc} = \frac{\sum |M_u \cap L_c|}{\sum |M_u \cup L_c|}$, the sums over the images that have something of the
 * category of c.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", Eq. (1).
 *
 * @param dataset images' activations `[h, w, units]` with labels `[planes, H, W]`, of one size; read twice.
 * @param options `concepts`; `categories`, `quantile`, `threshold`, `upsampling`, `quantileOn`, `memory`, `images`, `onFault`,
 * `signal`, `onProgress`.
 * @returns thresholds, counts, IoU of each unit and concept, and what each unit stands for.
 * @throws {VitrineError} if there is no image, an image's labels or activations are not as described (the message names
 * the image), or an option is out of its range, or if the data set cannot be read twice; the signal's reason.
 * @example
 * ```ts
 * import { dissectActivations } from 'vitrine';
 * const { units, detectors } = await dissectActivations(labelled, { concepts });
 * console.log(detectors, units[0].best?.concept, units[0].best?.iou);
 * ```
 */
export async function dissectActivations(
  dataset: Dataset<LabelledActivations>,
  options: DissectActivationsOptions,
): Promise<Dissection> {
  const [{ upsampling = 'fill', images, signal, onProgress, onFault, ...own }] = await owned(options);
  const readings = labelReadings(dataset, ({ activations }) => [activations], {
    images: images ?? (await imageCount(dataset, signal)),
    faults: faultsOf(onFault),
    upsampling: [upsampling],
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const [dissection] = await dissectReadings(readings, own);
  return dissection as Dissection;
}
