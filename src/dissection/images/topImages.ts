import { owned } from '../../backend/owned.ts';
import { type FieldBox, fieldBox } from '../../network/fields/fieldBox.ts';
import { receptiveField } from '../../network/fields/receptiveField.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertArray, assertFiniteArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, assertOptions, integer, type OptionChecks, object, required } from '../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import { type Peak, readPeaks } from './peaks.ts';

/** An image that excites a unit. */
export interface TopImage {
  /** The place of the image in the data set, from 0. */
  readonly image: number;
  /** The greatest activation in the image. */
  readonly activation: number;
  /** Where that is in the layer, the first of equals. */
  readonly position: readonly [row: number, column: number];
  /** The part of the image that this position sees; gates, through which it sees everything, are left out. */
  readonly field: FieldBox;
  /** The activations of all positions, `[h, w]`; `maskedPicture` shows where they are above a threshold. */
  readonly map: NdArray;
}

/** Options of {@link topImages}. */
export interface TopImagesOptions extends RunOptions {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** One unit, or some; all of them by default. */
  readonly unit?: number | readonly number[];
  /** Directions among the units, `[directions, units]`, in place of units. */
  readonly direction?: NdArray;
  /** How many images of each; 9 by default. */
  readonly count?: number;
}

const checks: OptionChecks<TopImagesOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  unit: anything,
  direction: object,
  count: integer(1),
};

/**
 * The images that excite units most, or that lie furthest in given directions among units.
 *
 * Of each image the greatest activation of all positions counts, of a direction v that of $\langle v, a \rangle$. Whether
 * units mean more than other directions do is seen by comparing the images of both.
 *
 * Source: Szegedy et al. 2013, "Intriguing properties of neural networks", §3; Zhou et al. 2015, "Object detectors
 * emerge in deep scene CNNs", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, of images of one size; read once.
 * @param options `layer`; `unit` or `direction`; `count`, `batchSize`, `signal`, `onProgress`.
 * @returns for each unit or direction its images, the one of the greatest activation first, the earlier of equals.
 * @throws {VitrineError} if the layer is unknown or has no rows and columns, a unit is not one of it, directions have
 * another number of units, `count` < 1, the model leaves its input size open, or there is no image, or if both `unit` and `direction` are given.
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
  const [source, [{ layer, unit, direction, count = 9, ...run }]] = await Promise.all([
    imagesOf(images),
    owned(options),
  ]);
  return withNetwork(model, async (network) => {
    const site = network.site(layer, 'layer');
    const units = site.shape[3];
    if (typeof units !== 'number')
      throw new VitrineError('bad-argument', `"layer" expected one with rows and columns, got "${layer}"`);
    const chosen = direction ? undefined : unitsOf(unit, units);
    if (direction) assertDirections(direction, units, unit);
    const channels = chosen ?? Array.from({ length: direction?.shape[0] as number }, (_, i) => i);
    const plan = { ...run, stage: 'topImages', count, layers: [{ site, direction, channels }] };
    const [peaks] = await readPeaks(network, source, plan);
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

function unitsOf(unit: number | readonly number[] | undefined, units: number): readonly number[] {
  if (unit === undefined) return Array.from({ length: units }, (_, i) => i);
  const chosen = Array.isArray(unit) ? (unit as readonly number[]) : [unit as number];
  if (chosen.length === 0) throw new VitrineError('bad-argument', '"unit" expected at least one unit, got none');
  for (const one of chosen) assertInteger('unit', one, [0, units - 1]);
  return chosen;
}

function assertDirections(direction: NdArray, units: number, unit: TopImagesOptions['unit']): void {
  if (unit !== undefined)
    throw new VitrineError('bad-argument', '"unit" and "direction" expected one of them, got both');
  assertArray('direction', direction, [2]);
  assertFiniteArray('direction', direction);
  if (direction.shape[1] === units) return;
  throw new VitrineError('bad-shape', `"direction" expected shape [d, ${units}], got [${direction.shape.join(', ')}]`);
}
