import { owned } from '../backend/owned.ts';
import type { RunOptions } from '../network/types.ts';
import { abortSignal, assertOptions, callback, integer, type OptionChecks } from '../numeric/options.ts';
import { assertDataset, type Dataset, exampleCount } from '../readings/dataset.ts';
import { faultsOf } from '../readings/faults.ts';
import { labelReadings } from '../readings/labelledReadings.ts';
import type { LabelledActivations } from '../readings/labels.ts';
import { assertUpsampling, type Upsampling } from '../readings/placement.ts';
import { type DissectionOptions, dissectionChecks } from './options.ts';
import { dissectReadings } from './stages/inStages.ts';
import type { Dissection } from './types.ts';

/** Options of {@link dissectActivations}. */
export interface DissectActivationsOptions extends DissectionOptions, Pick<RunOptions, 'signal' | 'onProgress'> {
  /** Where the positions of activations lie in the image; `'fill'` by default. */
  readonly upsampling?: Upsampling;
  /** How many images there are, or more; without it, a data set that is no array is read once more, to count. */
  readonly imageCount?: number;
}

const checks: OptionChecks<DissectActivationsOptions> = {
  ...dissectionChecks,
  upsampling: assertUpsampling,
  imageCount: integer(1),
  signal: abortSignal,
  onProgress: callback,
};

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
 * @param options `concepts`; `categories`, `quantile`, `threshold`, `upsampling`, `quantileOn`, `memory`, `imageCount`, `onFault`,
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
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ upsampling = 'fill', imageCount, signal, onProgress, onFault, ...own }] = await owned(options);
  const readings = labelReadings(dataset, ({ activations }) => [activations], {
    imageCount: imageCount ?? (await exampleCount(dataset, signal)),
    faults: faultsOf(onFault),
    upsampling: [upsampling],
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const [dissection] = await dissectReadings(readings, { ...own, ...(signal && { signal }) });
  return dissection as Dissection;
}
