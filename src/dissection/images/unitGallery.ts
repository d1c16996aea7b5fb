import { eventLoopTurn } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { fromInput } from '../../image/fromInput.ts';
import { type PixelScale, pixelScale } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import type { Network } from '../../network/network.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type Dataset, iterate } from '../../readings/dataset.ts';
import { assertUpsampling, fieldAnchors, type Upsampling } from '../counting/placement.ts';
import type { LabelledImage } from '../types.ts';
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
  readonly upsampling?: 'receptiveField' | Upsampling;
}

/**
 * The images of the greatest activations of all units of some layers, with their pictures, for `dissectionReport`.
 *
 * However many units and layers there are, the data set is read twice: once for the activations, of which the greatest
 * `count` of each unit are kept with their maps, and once for the pictures that are needed.
 *
 * Source: Bau et al. 2017, "Network Dissection", §3.1, Fig. 4; see also `topImages`.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images of one size, as `dissect` takes them; their labels are not looked at.
 * @param options `layers`, `scale`; `count`, `upsampling`, `batchSize`, `signal`, `onProgress`.
 * @returns per layer and unit the top images with the unit's activations `[h, w]`, and the pictures of them all.
 * @throws {VitrineError} if there is no such layer or it has no rows and columns, there is no image, an image is not as the
 * model takes it, or `count` < 1, or if the data set cannot be read twice; the signal's reason.
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
  dataset: Dataset<Pick<LabelledImage, 'image'>>,
  options: UnitGalleryOptions<L>,
): Promise<UnitGallery<L>> {
  const [{ layers, count = 10, scale, upsampling = 'receptiveField', ...run }] = await owned(options);
  assertInteger('count', count, [1, Number.POSITIVE_INFINITY]);
  if (layers.length === 0) throw new VitrineError('bad-argument', '"layers" expected at least one layer, got none');
  if (upsampling !== 'receptiveField') assertUpsampling(upsampling);
  // Now, and not after a reading of the data set.
  pixelScale(scale);
  return withNetwork(model, async (network) => {
    const responses = layers.map((layer) => {
      const site = network.site(layer, 'layers');
      const units = site.shape[3];
      if (typeof units === 'number') return { site, channels: Array.from({ length: units }, (_, i) => i) };
      throw new VitrineError('bad-argument', `"layers" expected layers with rows and columns, got "${layer}"`);
    });
    const plan = { ...run, stage: 'topImages', count, layers: responses };
    const peaks = await readPeaks(network, () => imagesOf(dataset), plan);
    const galleries = layers.map((layer, i): [L, LayerGallery] => [
      layer,
      {
        upsampling: upsampling === 'receptiveField' ? fieldAnchors(network, layer) : upsampling,
        units: withFields(network, layer, peaks[i] as NonNullable<(typeof peaks)[number]>),
      },
    ]);
    const wanted = new Set(peaks.flat(2).map(({ image }) => image));
    return {
      layers: Object.fromEntries(galleries) as Record<L, LayerGallery>,
      pictures: await picturesOf(network, dataset, { ...run, scale, wanted }),
    };
  });
}

async function* imagesOf(dataset: Dataset<Pick<LabelledImage, 'image'>>): AsyncGenerator<Input> {
  for await (const { image } of iterate(dataset)) yield image;
}

/** The pictures of some images; of a model with several inputs, the first. */
async function picturesOf(
  network: Network,
  dataset: Dataset<Pick<LabelledImage, 'image'>>,
  { wanted, scale, signal, onProgress }: RunOptions & { wanted: ReadonlySet<number>; scale: PixelScale },
): Promise<Record<number, Picture>> {
  const pictures: Record<number, Picture> = {};
  let [image, done] = [0, 0];
  for await (const input of imagesOf(dataset)) {
    signal?.throwIfAborted();
    if (wanted.has(image)) {
      const [array] = await readInputs(network, input, 'image');
      pictures[image] = fromInput(array as NonNullable<typeof array>, scale);
      done++;
      onProgress?.({ stage: 'pictures', done, total: wanted.size });
      await eventLoopTurn();
    }
    image++;
  }
  return pictures;
}
