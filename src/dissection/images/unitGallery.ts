import { eventLoopTurn } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { fromInput } from '../../image/fromInput.ts';
import { type PixelScale, pixelScale } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, type OptionChecks, object, required } from '../../numeric/options.ts';
import { type ImageDataset, type ImageSource, imagesOf, visitImagesAt } from '../../readings/imageSource.ts';
import {
  assertLayerUpsampling,
  type LayerUpsampling,
  type Upsampling,
  upsamplingOf,
} from '../../readings/placement.ts';
import { readPeaks } from './peaks.ts';
import { type TopImage, withFields } from './topImages.ts';

/** The top images of all units of a layer. */
export interface LayerGallery {
  /** Where the positions of the layer lie in the pictures. */
  readonly upsampling: Upsampling;
  /** For each unit its images, the one of the greatest activation first. */
  readonly units: readonly (readonly TopImage[])[];
}

/** The top images of all units of some layers, with the pictures. */
export interface UnitGallery<L extends string = string> {
  readonly layers: Readonly<Record<L, LayerGallery>>;
  /** The pictures that are among the top images of any unit, by their place in the data set. */
  readonly pictures: Readonly<Record<number, Picture>>;
}

/** Options of {@link unitGallery}. */
export interface UnitGalleryOptions<L extends string = string> extends RunOptions {
  /** The addresses of the layers, which have rows and columns. */
  readonly layers: readonly L[];
  /** How many images of each unit; 10 by default. */
  readonly count?: number;
  /** How the numbers of the model's input follow from pixels, as for `fromInput`. */
  readonly scale: PixelScale;
  /** Where positions lie in the image, as for `dissect`: at the centres of their receptive fields by default. */
  readonly upsampling?: LayerUpsampling;
}

const checks: OptionChecks<UnitGalleryOptions> = {
  ...runChecks,
  layers: required(listOf(layerAddress)),
  count: integer(1),
  scale: required((argument, scale) => {
    object(argument, scale);
    pixelScale(scale as PixelScale);
  }),
  upsampling: assertLayerUpsampling,
};

/**
 * The images of the greatest activations of all units of some layers, with their pictures, for `dissectionReport`.
 *
 * However many units and layers there are, the images are read twice: once for the activations, of which the greatest
 * `count` of each unit are kept with their maps, and once for the pictures that are needed.
 *
 * Source: Bau et al. 2017, "Network Dissection", §3.1, Fig. 4; see also `topImages`.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, of images of one size; read twice. Labels are not looked at.
 * @param options `layers`, `scale`; `count`, `upsampling`, `batchSize`, `signal`, `onProgress`.
 * @returns per layer and unit the top images with the unit's activations `[h, w]`, and the pictures of them all.
 * @throws {VitrineError} if there is no such layer or it has no rows and columns, there is no image, an image is not as the
 * model takes it, or `count` < 1, or if the images cannot be read twice; the signal's reason.
 * @example
 * ```ts
 * import { unitGallery } from 'vitrine';
 * const wanted = { layers: ['conv3'], scale: { range: [0, 1] }, count: 2 } as const;
 * const { layers, pictures } = await unitGallery(model, labelledImages, wanted);
 * const [first] = layers.conv3.units[5];
 * console.log(first.activation, first.map.shape, pictures[first.image]);
 * ```
 */
export async function unitGallery<L extends string>(
  model: Model,
  images: ImageSource,
  options: UnitGalleryOptions<L>,
): Promise<UnitGallery<L>> {
  assertOptions(options, checks);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { layers, count = 10, scale, upsampling, ...run } = own;
  return withNetwork(model, async (network) => {
    const responses = layers.map((layer) => {
      const site = network.site(layer, 'layers');
      const units = site.shape[3];
      if (typeof units === 'number') return { site, channels: Array.from({ length: units }, (_, i) => i) };
      throw new VitrineError('bad-argument', `"layers" expected layers with rows and columns, got "${layer}"`);
    });
    const plan = { ...run, stage: 'topImages', count, layers: responses };
    const peaks = await readPeaks(network, source, plan);
    const galleries = layers.map((layer, i): [L, LayerGallery] => [
      layer,
      {
        upsampling: upsamplingOf(network, layer, upsampling),
        units: withFields(network, layer, peaks[i] as NonNullable<(typeof peaks)[number]>),
      },
    ]);
    const wanted = new Set(peaks.flat(2).map(({ image }) => image));
    return {
      layers: Object.fromEntries(galleries) as Record<L, LayerGallery>,
      pictures: await picturesOf(network, source, { ...run, scale, wanted }),
    };
  });
}

/** The pictures of some images; of a model with several inputs, the first. */
async function picturesOf(
  network: Network,
  images: ImageDataset,
  { wanted, scale, signal, onProgress }: RunOptions & { wanted: ReadonlySet<number>; scale: PixelScale },
): Promise<Record<number, Picture>> {
  const pictures: Record<number, Picture> = {};
  let done = 0;
  await visitImagesAt(network, images, { places: wanted, signal }, async ([array], image) => {
    pictures[image] = fromInput(array as NdArray, scale);
    done++;
    onProgress?.({ stage: 'pictures', done, total: wanted.size });
    await eventLoopTurn();
  });
  return pictures;
}
