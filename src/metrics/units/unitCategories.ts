import { assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { firstGreatest, rangeOf } from '../../numeric/statistics.ts';
import { layerMaps } from '../../readings/layerMaps.ts';
import { isNumberList } from '../givenMap.ts';

/** The category of images on which each unit is most active. */
export interface UnitCategories {
  /** `[u]`. */
  readonly category: Int32Array;
  /** `[c, u]`: the mean over the images of a category of the sum of the map; NaN of a category without images. */
  readonly means: NdArray<Float64Array>;
}

/**
 * The category on whose images each unit is most active.
 *
 * $$ \hat c_f = \arg\max_c \operatorname{mean}_{I \in c} \sum_{ij} x_{ij} $$
 *
 * Source: Zhang et al. 2018, "Interpretable convolutional neural networks", §5.2.1, for several categories.
 *
 * @param activations of a layer after its rectifier, `[n, h, w, u]`.
 * @param classes the category of each image, `[n]`, from 0.
 * @returns the category of each unit, the first of equal ones, and all means `[c, u]`.
 * @throws {VitrineError} if `activations` are not of rank 4 or not finite, or there is no category for each image.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { unitCategories } from 'vitrine/metrics';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const { category, means } = unitCategories(conv3, [0, 1]);
 * ```
 */
export function unitCategories(activations: NdArray, classes: ArrayLike<number>): UnitCategories {
  const { images, layer, of } = layerMaps(activations, { centre: 0, jump: 1 });
  assertClassOfEach(classes, images);
  const categories = rangeOf(classes).high + 1;
  const sums = new Float64Array(categories * layer.units);
  const counts = new Int32Array(categories);
  for (let image = 0; image < images; image++) {
    const label = classes[image] as number;
    counts[label] = (counts[label] as number) + 1;
    of(image).forEach((value, k) => {
      const place = label * layer.units + (k % layer.units);
      sums[place] = (sums[place] as number) + value;
    });
  }
  const means = sums.map((sum, place) => sum / (counts[Math.floor(place / layer.units)] as number));
  const category = Int32Array.from({ length: layer.units }, (_, unit) => {
    const own = Array.from({ length: categories }, (_, label) => means[label * layer.units + unit] as number);
    return firstGreatest(own);
  });
  return { category, means: { shape: [categories, layer.units], data: means } };
}

/** Refuses all but one integer from 0 for each image. */
function assertClassOfEach(classes: ArrayLike<number>, images: number): void {
  if (!isNumberList(classes))
    throw new VitrineError('bad-argument', `"classes" expected ${images} numbers, got ${describe(classes)}`);
  if (classes.length !== images)
    throw new VitrineError('bad-argument', `"classes" expected ${images} numbers, got ${classes.length}`);
  for (const one of Array.from(classes)) assertInteger('classes', one, [0, Number.POSITIVE_INFINITY]);
}
