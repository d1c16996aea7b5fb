import { owned } from '../../backend/owned.ts';
import { type PixelScale, pixelScale } from '../../image/pixelScale.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertOptions, count, listOf, type OptionChecks, object, required } from '../../numeric/options.ts';
import { type ImageSource, imagesOf, inputsOf } from '../../readings/imageSource.ts';
import { assertObjective } from '../objectives/assertObjective.ts';
import type { Objective } from '../objectives/objective.ts';
import { readPatches, type ShownImage } from './naturalPatches.ts';
import { type NaturalImage, rankedImages } from './rankedImages.ts';

/** Options of {@link naturalExamples}. */
export interface NaturalExamplesOptions extends RunOptions {
  /** What pictures were made for, or are to be compared in. */
  readonly objectives: readonly Objective[];
  /** How the numbers of the images follow from pixels. */
  readonly scale: PixelScale;
  /** How many images of each; 4 by default. */
  readonly count?: number;
}

const checks: OptionChecks<NaturalExamplesOptions> = {
  ...runChecks,
  objectives: required(listOf(assertObjective)),
  scale: required((argument, scale) => {
    object(argument, scale);
    pixelScale(scale as PixelScale);
  }),
  count: count(1),
};

/** A natural image that an objective is great in. */
export interface NaturalExample extends NaturalImage, ShownImage {}

/**
 * The natural images in which objectives are greatest, to be shown beside the pictures that were made for them: of a unit
 * people learn more from such images than from synthetic ones.
 *
 * The objective of the first is what the one of a made picture is to be compared with. Images are ranked by the objective
 * as it is (of a unit the mean over positions, before a fused ReLU, as in `visualize`); `topImages` ranks by the greatest
 * position, or by relevance.
 *
 * Source: Borowski et al. 2021, "Exemplary natural images explain CNN activations better than state-of-the-art feature
 * visualization", §4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set; read twice.
 * @param options `objectives`, `scale`; `count`, `batchSize`, `signal`, `onProgress`.
 * @returns for each objective its images, the greatest objective first, with whole picture and patch.
 * @throws {VitrineError} if there is no image, one is not as the model takes it or no picture, an objective is not of the
 * network or not finite, or the images cannot be read twice; the signal's reason.
 * @example
 * ```ts
 * import { naturalExamples } from 'vitrine/visualization';
 * const wanted = { objectives: [{ layer: 'conv3', unit: 5 }], scale: { range: [0, 1] }, count: 1 } as const;
 * const [[best]] = await naturalExamples(model, [x], wanted);
 * console.log(best.image, best.objective, best.patch.width);
 * ```
 */
export async function naturalExamples(
  model: Model,
  images: ImageSource,
  options: NaturalExamplesOptions,
): Promise<readonly (readonly NaturalExample[])[]> {
  assertOptions(options, checks);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { objectives, scale, count = 4, ...run } = own;
  return withNetwork(model, async (network) => {
    const plan = { ...run, objectives, stage: 'objective' };
    const ranking = await rankedImages(network, inputsOf(network, source), plan);
    const best = ranking.map((images) => images.slice(0, count));
    const shown = await readPatches(network, source, { ...run, objectives, best, scale });
    return best.map((images, i) => images.map((one) => ({ ...one, ...(shown[i]?.get(one.image) as ShownImage) })));
  });
}
