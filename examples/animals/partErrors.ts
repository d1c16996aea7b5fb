import { localizationDistance, type NdArray } from 'vitrine';
import { type Finder, type PartSearch, type Place, partFinders } from '../parts/partFinders.ts';
import type { Animal } from './drawAnimal.ts';
import { placeOf } from './landmarks.ts';
import { side } from './network.ts';

/** Mean distances of a part from where it is found, in diagonals of the picture. */
export interface PartErrors {
  /** By the patterns that three annotations chose. */
  readonly patterns: number;
  /** By the peak of the filter that is steadiest over the three annotations, moved by its mean offset. */
  readonly chosenFilter: number;
  /** By the filter that turns out to be the best, which nobody knows beforehand. */
  readonly bestFilter: number;
}

/** How well a part is found once it was shown in three pictures; nothing where too few pictures show it. */
export function partErrors(
  { animals, ...search }: PartSearch & { readonly animals: readonly Animal[] },
  part: number,
): PartErrors | undefined {
  const seen = animals.flatMap((animal, image) => {
    const place = placeOf(animal, part);
    return place ? [{ image, ...place }] : [];
  });
  const [shown, others] = [seen.slice(0, 3), seen.slice(3)];
  if (others.length < 10) return undefined;
  const array = (places: readonly Place[]): NdArray => ({
    shape: [places.length, 2],
    data: Float32Array.from(places.flat()),
  });
  const truth = array(others.map(({ position }) => position));
  const distance = (find: Finder): number =>
    localizationDistance(array(others.map(({ image }) => find(image))), truth, [side, side]).mean;
  const { patterns, chosenFilter, filters } = partFinders(search, shown);
  return {
    patterns: distance(patterns),
    chosenFilter: distance(chosenFilter),
    bestFilter: Math.min(...filters.map(distance)),
  };
}
