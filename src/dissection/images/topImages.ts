import { owned } from '../../backend/owned.ts';
import { type FieldBox, fieldBox } from '../../network/fields/fieldBox.ts';
import { receptiveField } from '../../network/fields/receptiveField.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, assertOptions, integer, kind, type OptionChecks, oneOf, required } from '../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import { type Directions, directionMatrix } from '../../scoring/directions.ts';
import { type Peak, readPeaks } from './peaks.ts';
import { type RelevanceOptions, relevanceChecks, relevanceWalkOf } from './relevanceWalk.ts';

/** An image that excites a unit. */
export interface TopImage {
  /** The place of the image in the data set, from 0. */
  readonly image: number;
  /** The relevance of the unit for the target, summed over all positions, where images are ranked by it. */
  readonly relevance?: number;
  /** The activation at the position: the greatest in the image, where images are ranked by it. */
  readonly activation: number;
  /** Where what they are ranked by is greatest in the layer, the first of equals. */
  readonly position: readonly [row: number, column: number];
  /** The part of the image that this position sees; gates, through which it sees everything, are left out. */
  readonly field: FieldBox;
  /** The activations of all positions, `[h, w]`; `maskedPicture` shows where they are above a threshold. */
  readonly map: NdArray;
}

/** Options of {@link topImages}. */
export interface TopImagesOptions extends RunOptions, RelevanceOptions {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** One unit, or some; all of them by default. */
  readonly unit?: number | readonly number[];
  /** Directions among the units, `[directions, units]`, or concepts of this layer, in place of units. */
  readonly direction?: Directions;
  /** How many images of each; 9 by default. */
  readonly count?: number;
  /**
   * What images are ranked by: the greatest activation, as by default, or the relevance of the unit for the `target`, which
   * `composite`, `rules` and `bias` say how to hand back.
   */
  readonly by?: 'activation' | 'relevance';
}

const checks: OptionChecks<TopImagesOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  unit: anything,
  direction: kind('directions', (value) => typeof value === 'object' && value !== null),
  count: integer(1),
  by: oneOf(['activation', 'relevance']),
  ...relevanceChecks,
};

/**
 * The images that excite units most, or that lie furthest in given directions among units.
 *
 * Of each image the greatest activation of all positions counts, of a direction v that of $\langle v, a \rangle$. Whether
 * units mean more than other directions do is seen by comparing the images of both.
 *
 * By relevance (relevance maximization), images are ranked by how much the unit contributes to the target there,
 * $\sum_p R_{p,u}$, as `lrp` with the same options hands the score back to the layer: images in which the network uses the
 * unit, rather than those that excite it. Relevances are in units of the score, so a confident image counts more; zennit-crp
 * divides those of each image by the sum of their magnitudes and takes the labelled class, which `target` can be given here.
 *
 * Source: Szegedy et al. 2013, "Intriguing properties of neural networks", §3; Zhou et al. 2015, "Object detectors
 * emerge in deep scene CNNs", §3; Achtibat et al. 2023, "From attribution maps to human-understandable explanations through
 * concept relevance propagation".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, of images of one size; read once.
 * @param options `layer`; `unit` or `direction`; `count`; `by`, and for relevance `target`, `composite`, `rules`, `bias`;
 * `batchSize`, `signal`, `onProgress`.
 * @returns for each unit or direction its images, the one of the greatest activation (or relevance) first, the earlier of
 * equals.
 * @throws {VitrineError} if the layer is unknown or has no rows and columns, a unit is not one of it, directions have
 * another number of units, `count` < 1, the model leaves its input size open, or there is no image, or if both `unit` and `direction` are given.
 * @throws {VitrineError} if images are ranked by relevance along a direction or at a layer that the target does not depend on, or
 * what says how to hand relevance back is given where they are not.
 * @example
 * ```ts
 * import { topImages } from 'vitrine';
 * const [images] = await topImages(model, [x], { layer: 'conv3', unit: 5, count: 2 });
 * for (const { image, activation, field } of images) console.log(image, activation, field.rows, field.columns);
 * ```
 */
export async function topImages(
  model: Model,
  images: ImageSource,
  options: TopImagesOptions,
): Promise<readonly (readonly TopImage[])[]> {
  assertOptions(options, checks);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  assertRanking(own);
  const { layer, unit, direction, count = 9, by } = own;
  return withNetwork(model, async (network) => {
    const site = network.site(layer, 'layer');
    const units = site.shape[3];
    if (typeof units !== 'number')
      throw new VitrineError('bad-argument', `"layer" expected one with rows and columns, got "${layer}"`);
    const chosen = direction ? undefined : unitsOf(unit, units);
    const vectors = direction && directionsIn(direction, { layer, units }, unit);
    const channels = chosen ?? Array.from({ length: vectors?.shape[0] as number }, (_, i) => i);
    const [peaks] = await readPeaks(network, source, {
      ...own,
      stage: 'topImages',
      count,
      layers: [{ site, direction: vectors, channels }],
      by: by === 'relevance' ? relevanceWalkOf(network, site, own) : undefined,
    });
    return withFields(network, layer, peaks as NonNullable<typeof peaks>);
  });
}

/** Peaks with the part of the image that each position sees. */
export function withFields(
  network: Network,
  layer: string,
  peaks: readonly (readonly Peak[])[],
): readonly (readonly TopImage[])[] {
  const field = receptiveField(network, layer, { ignoreGates: true });
  const size = network.inputs[0]?.shape.slice(1, 3) as [number, number];
  return peaks.map((own) => own.map((peak) => ({ ...peak, field: fieldBox(field, peak.position, size) })));
}

/** Refuses options that would have no effect, and directions, of which relevance is not defined. */
function assertRanking(options: TopImagesOptions): void {
  const { by = 'activation' } = options;
  const others = by === 'relevance' ? ['direction'] : ['target', 'composite', 'rules', 'bias'];
  const given = others.find((name) => options[name as keyof TopImagesOptions] !== undefined);
  if (given !== undefined)
    throw new VitrineError('bad-argument', `"${given}" expected none where images are ranked by ${by}, got one`);
}

function unitsOf(unit: number | readonly number[] | undefined, units: number): readonly number[] {
  if (unit === undefined) return Array.from({ length: units }, (_, i) => i);
  const chosen = Array.isArray(unit) ? (unit as readonly number[]) : [unit as number];
  if (chosen.length === 0) throw new VitrineError('bad-argument', '"unit" expected at least one unit, got none');
  for (const one of chosen) assertInteger('unit', one, [0, units - 1]);
  return chosen;
}

function directionsIn(
  directions: Directions,
  site: { readonly layer: string; readonly units: number },
  unit: TopImagesOptions['unit'],
): NdArray {
  if (unit !== undefined)
    throw new VitrineError('bad-argument', '"unit" and "direction" expected one of them, got both');
  const { shape, data } = directionMatrix('direction', directions, site);
  return { shape, data: Float32Array.from(data) };
}
