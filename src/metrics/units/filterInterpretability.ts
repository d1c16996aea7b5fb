import { assertDissection } from '../../dissection/shared.ts';
import type { Dissection } from '../../dissection/types.ts';

/** How many units of a layer find something of a category. */
export interface CategoryInterpretability {
  /** The units whose concept is of the category. */
  readonly detectors: number;
  /** Those among all units of the layer, 0 … 1. */
  readonly share: number;
  /** The different concepts that they find. */
  readonly unique: number;
}

/** How interpretable the units of a layer are. */
export interface FilterInterpretability {
  readonly units: number;
  readonly detectors: number;
  /** The detectors among all units, 0 … 1. */
  readonly share: number;
  /** The different concepts that are found, each unit having one. */
  readonly unique: number;
  /** The different concepts that are found, each unit having one of every category, as published figures count. */
  readonly uniquePerCategory: number;
  /** By category: object, part, scene, texture, material and color in any case, then any others there are. */
  readonly categories: Readonly<Record<string, CategoryInterpretability>>;
}

const six = ['object', 'part', 'scene', 'texture', 'material', 'color'];

/**
 * How many units of a layer are detectors, of what, and how many different concepts they find.
 *
 * The same six categories are there whatever was labelled, so that layers and networks can be compared; numbers are
 * comparable where the labelled images, the quantile and the cutoff are the same.
 *
 * Source: Bau et al. 2017, "Network Dissection", §3.1; Zhang and Zhu 2018, "Visual interpretability for deep learning",
 * §6.1.
 *
 * @param dissection what `dissect` gives for a layer.
 * @returns detectors, shares and unique concepts, in all and by category.
 * @throws {VitrineError} if `dissection` is none.
 * @example
 * ```ts
 * import { dissectActivations, filterInterpretability } from 'vitrine';
 * const dissection = await dissectActivations(labelled, { concepts });
 * const { share, categories } = filterInterpretability(dissection);
 * console.log(share, categories.object.detectors);
 * ```
 */
export function filterInterpretability(dissection: Dissection): FilterInterpretability {
  assertDissection('dissection', dissection);
  const { uniqueDetectors, detectors } = dissection;
  const units = dissection.units.length;
  const names = [...new Set([...six, ...dissection.categories])];
  const ofCategory = (name: string): CategoryInterpretability => {
    const own = dissection.units.filter(({ best, detector }) => detector && best?.category === name).length;
    return { detectors: own, share: own / units, unique: uniqueDetectors.argmax.byCategory[name] ?? 0 };
  };
  return {
    units,
    detectors,
    share: detectors / units,
    unique: uniqueDetectors.argmax.total,
    uniquePerCategory: uniqueDetectors.perCategory.total,
    categories: Object.fromEntries(names.map((name) => [name, ofCategory(name)])),
  };
}
