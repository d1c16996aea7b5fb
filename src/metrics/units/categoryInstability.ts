import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { listOf, object } from '../../numeric/options.ts';
import { firstGreatest } from '../../numeric/statistics.ts';
import { type LocationData, located, meanOfKnown } from './locationData.ts';
import { locationInstability } from './locationInstability.ts';
import type { LocationOptions } from './locationOptions.ts';

/** The location instability of units, each in one category. */
export interface ChosenInstability {
  /** `[u]`: the category of each unit, −1 where it has none. */
  readonly category: Int32Array;
  /** `[u]`: its instability there; NaN where it has none. */
  readonly perUnit: Float64Array;
  /** Over the units that have one. */
  readonly mean: number;
}

/** {@link locationInstability} over several categories. */
export interface CategoryInstability extends ChosenInstability {
  /** `[u, c]`: the mean deviation over the landmarks of each category; NaN where there is none. */
  readonly perCategory: NdArray<Float64Array>;
  /** The same with the category on whose images a unit peaks highest, on average, as the published code chooses it. */
  readonly byActivation: ChosenInstability;
}

/**
 * Location instability over several categories, each with landmarks of its own: a unit counts in the category in which
 * it is steadiest.
 *
 * $$ \operatorname{mean}_f \min_c \operatorname{mean}_{k \in \text{Part}_c} D_{f,k} $$
 * The least of several numbers is small by chance as well; `byActivation` chooses without looking at them.
 *
 * Source: Zhang et al. 2018, "Interpretable convolutional neural networks", §5.2.2, for several categories.
 *
 * @param categories for each category what {@link locationInstability} takes: positions and scores of the same units.
 * @param options `top`, `ddof`, `select`, as there; `top` images of each category.
 * @returns the category of each unit and its instability there. Of equal categories the first counts.
 * @throws as {@link locationInstability}, or if there is no category or they are not of the same units.
 * @example
 * ```ts
 * import { categoryInstability } from 'vitrine/metrics';
 * const array = (shape: number[], ...numbers: number[]) => ({ shape, data: Float64Array.from(numbers) });
 * const positions = array([2, 1, 2], 4, 4, 8, 12);
 * const scores = array([2, 1], 2, 1);
 * const cats = { positions, scores, landmarks: array([2, 1, 2], 9, 9, 9, 9), imageSize: [32, 32] } as const;
 * const dogs = { positions, scores, landmarks: array([2, 1, 2], 4, 5, 8, 13), imageSize: [32, 32] } as const;
 * const { category, mean } = categoryInstability([cats, dogs]);
 * console.log(category, mean); // 1, 0
 * ```
 */
export function categoryInstability(
  categories: readonly LocationData[],
  options: LocationOptions = {},
): CategoryInstability {
  listOf(object)('categories', categories);
  const found = categories.map((data) => locationInstability(data, options).perUnit);
  const units = (found[0] as Float64Array).length;
  const other = found.find(({ length }) => length !== units);
  if (other)
    throw new VitrineError('bad-argument', `"categories" expected ${units} units in each, got ${other.length}`);
  const perCategory = Float64Array.from(
    { length: units * found.length },
    (_, k) => found[k % found.length]?.[Math.floor(k / found.length)] as number,
  );
  const peaks = categories.map((data) => meanScores(data));
  return {
    ...chosen(found, (unit) => firstGreatest(found.map((perUnit) => -(perUnit[unit] as number)))),
    perCategory: { shape: [units, found.length], data: perCategory },
    byActivation: chosen(found, (unit) => firstGreatest(peaks.map((means) => means[unit] as number))),
  };
}

function chosen(found: readonly Float64Array[], choose: (unit: number) => number): ChosenInstability {
  const category = Int32Array.from(found[0] as Float64Array, (_, unit) => choose(unit));
  const perUnit = Float64Array.from(category, (place, unit) => found[place]?.[unit] ?? Number.NaN);
  return { category, perUnit, mean: meanOfKnown(perUnit) };
}

function meanScores(data: LocationData): readonly number[] {
  const { images, units, score } = located('categories', data);
  const all = Array.from({ length: images }, (_, image) => image);
  return Array.from({ length: units }, (_, unit) => all.reduce((sum, image) => sum + score(image, unit), 0) / images);
}
