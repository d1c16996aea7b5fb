import { thresholdAccumulator } from '../../dissection/index.ts';
import { type PerAxis, perAxis } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import {
  assertOptions,
  type Check,
  kind,
  number,
  type OptionChecks,
  object,
  required,
  share,
} from '../../numeric/options.ts';
import { firstGreatest } from '../../numeric/statistics.ts';
import { layerMaps } from '../../readings/layerMaps.ts';
import type { Placement } from '../../readings/placement.ts';
import { meanOfKnown } from './locationData.ts';
import { type PartMasks, partAreas } from './partMasks.ts';
import { regionOverlaps } from './regionOverlaps.ts';
import { unitCategories } from './unitCategories.ts';

/** The responses of a layer, and where parts are on the same images. */
export interface PartData {
  /** After the rectifier, `[n, h, w, u]`. */
  readonly activations: NdArray;
  /** `[n, k, H, W]`, masks of the size of the images; what is not zero is the part. */
  readonly parts: PartMasks;
  /** `[n]`, the category of each image from 0; a unit is then measured on its own category alone. */
  readonly classes?: ArrayLike<number>;
}

/** Options of {@link partInterpretability}. */
export interface PartOptions extends Pick<Placement<PerAxis>, 'centre' | 'jump'> {
  /** Of the discs that stand for receptive fields, in pixels; the paper does not give it: see {@link medianPartRadius}. */
  readonly radius: number;
  /** The share of activations above the threshold of a unit at most; 0.005 by default. */
  readonly quantile?: number;
  /** The IoU above which a unit finds a part on an image; 0.2 by default. */
  readonly threshold?: number;
}

/** How often units find parts. */
export interface PartInterpretability {
  /** `[u]`: what activations have to exceed. */
  readonly thresholds: Float64Array;
  /** The one that was given, in pixels. */
  readonly radius: number;
  /** `[n, u]`: the pixels of the region of each unit on each image. */
  readonly area: NdArray<Int32Array>;
  /** `[n, u, k]`: of region and part; 0 where the part is not there. */
  readonly iou: NdArray<Float64Array>;
  /** `[u, k]`, $P_{f,k}$; NaN where no image has the part. */
  readonly rates: NdArray<Float64Array>;
  /** `[u]`, $P_f$: the rate of the best part; NaN where no image has any part. */
  readonly perUnit: Float64Array;
  /** `[u]`: the best part, the first of equal ones; −1 where there is none. */
  readonly bestPart: Int32Array;
  /** `[u]`: the category on which each unit is measured; with `classes`. */
  readonly category?: Int32Array;
  /** Over the units that have a rate. */
  readonly mean: number;
}

/**
 * Part interpretability: on what share of the images with a part a unit's region covers it.
 *
 * With $T_f$ exceeded by a share of 0.005 of a unit's activations, $S_f^I$ the union of discs around the positions of
 * image I that exceed it, and $S_k^I$ the part,
 * $$ P_{f,k} = \operatorname{mean}_{I \ni k} 1\!\left[\frac{|S_f^I \cap S_k^I|}{|S_f^I \cup S_k^I|} > 0.2\right], \qquad
 * P_f = \max_k P_{f,k} $$
 * The result is the mean over units. It depends on the radius, which therefore has to be given and is in the result:
 * compare numbers of the same radius only.
 *
 * Source: Zhang et al. 2018, "Interpretable convolutional neural networks", §5.2.1. The paper gives no radius for
 * networks in general, and its code for this was not published.
 *
 * @param data `activations` `[n, h, w, u]` after the rectifier; `parts` `[n, k, H, W]`; of several categories `classes`
 * `[n]`, with which each unit is measured on the category of {@link unitCategories}.
 * @param options `radius`, in pixels of the masks; `centre` and `jump` of the layer, in the same; `quantile`, `threshold`.
 * @returns rates `[u, k]`, the best of each unit and their mean, with the IoU of each image.
 * @throws {VitrineError} if the arrays are not of the same images, activations are not finite, or an option is out of its
 * range, or if an array is none.
 * @example
 * ```ts
 * import { activations, partInterpretability, receptiveField } from 'vitrine';
 * import { medianPartRadius } from 'vitrine/metrics';
 * const data = Uint8Array.from({ length: 2 * 256 }, (_, k) => Number(k % 16 < 5 && k % 256 < 80));
 * const parts = { shape: [2, 1, 16, 16], data };
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const { centre, jump } = receptiveField(model, 'conv3');
 * const radius = medianPartRadius(parts);
 * const { mean, perUnit } = partInterpretability({ activations: conv3, parts }, { centre, jump, radius });
 * ```
 */
export function partInterpretability(data: PartData, options: PartOptions): PartInterpretability {
  object('data', data);
  assertOptions(options, checks);
  const { activations, parts, classes } = data;
  const { radius, quantile = 0.005, threshold = 0.2 } = options;
  const maps = layerMaps(activations, options);
  const areas = partAreas(parts);
  const [images, count] = parts.shape as [number, number];
  if (images !== maps.images)
    throw new VitrineError('bad-argument', `"parts" expected ${maps.images} images, got ${images}`);
  const thresholds = thresholdsOf(activations, quantile);
  const overlaps = regionOverlaps(maps, { parts, areas, thresholds, radius });
  const { units } = maps.layer;
  const category = classes === undefined ? undefined : unitCategories(activations, classes).category;
  const rate = (unit: number, part: number): number => {
    const isShown = (image: number): boolean =>
      (areas[image * count + part] as number) > 0 && (!category || classes?.[image] === category[unit]);
    const shown = Array.from({ length: images }, (_, image) => image).filter(isShown);
    const isHit = (image: number): boolean =>
      (overlaps.iou[(image * units + unit) * count + part] as number) > threshold;
    return shown.filter(isHit).length / shown.length;
  };
  const rates = Float64Array.from({ length: units * count }, (_, k) => rate(Math.floor(k / count), k % count));
  const ownRates = (unit: number): Float64Array => rates.subarray(unit * count, (unit + 1) * count);
  const bestPart = Int32Array.from({ length: units }, (_, unit) => firstGreatest(ownRates(unit)));
  const perUnit = Float64Array.from(bestPart, (part, unit) => ownRates(unit)[part] ?? Number.NaN);
  return {
    thresholds,
    radius,
    area: { shape: [images, units], data: overlaps.area },
    iou: { shape: [images, units, count], data: overlaps.iou },
    rates: { shape: [units, count], data: rates },
    perUnit,
    bestPart,
    ...(category && { category }),
    mean: meanOfKnown(perUnit),
  };
}

function thresholdsOf(activations: NdArray, quantile: number): Float64Array {
  const units = activations.shape[3] as number;
  const positions = activations.data.length / units;
  const { create, add, extract } = thresholdAccumulator({ units, positions, quantile });
  const state = create();
  add(state, activations);
  return extract(state);
}

const placed: Check = (argument, value) => {
  perAxis(argument, value as PerAxis);
};

const checks: OptionChecks<PartOptions> = {
  radius: required(number(0)),
  quantile: share,
  threshold: kind('a number from 0 to below 1', (value) => typeof value === 'number' && value >= 0 && value < 1),
  centre: required(placed),
  jump: required(placed),
};
