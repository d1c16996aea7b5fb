import { mean } from 'd3-array';
import type { NdArray } from 'vitrine';
import type { PartAnnotation } from 'vitrine/graph';
import { localizationDistance } from 'vitrine/metrics';
import { random, randomSubset } from '../../src/numeric/random.ts';
import { type Finder, type PartFinders, type PartSearch, type Place, partFinders } from '../parts/partFinders.ts';
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

/** What parts of animals are found with. */
export interface AnimalSearch extends PartSearch {
  readonly animals: readonly Animal[];
}

/**
 * How well a part is found once it was shown in three pictures, in the mean over eight choices of the three; nothing
 * where too few pictures show it.
 */
export function partErrors({ animals, ...search }: AnimalSearch, part: number): PartErrors | undefined {
  const seen = animals.flatMap((animal, image) => {
    const place = placeOf(animal, part);
    return place ? [{ image, ...place }] : [];
  });
  if (seen.length < 13) return undefined;
  const all = Array.from({ length: 8 }, (_, choice) => {
    const shown = randomSubset(seen.length, 3, random(part, choice)).map((i) => seen[i] as PartAnnotation);
    return errorsOf(
      partFinders(search, shown),
      seen.filter((one) => !shown.includes(one)),
    );
  });
  const over = (name: keyof PartErrors): number => mean(all, (one) => one[name]) as number;
  return { patterns: over('patterns'), chosenFilter: over('chosenFilter'), bestFilter: over('bestFilter') };
}

function errorsOf({ patterns, chosenFilter, filters }: PartFinders, others: readonly PartAnnotation[]): PartErrors {
  const truth = arrayOf(others.map(({ position }) => position));
  const distance = (find: Finder): number =>
    localizationDistance(arrayOf(others.map(({ image }) => find(image))), truth, [side, side]).mean;
  return {
    patterns: distance(patterns),
    chosenFilter: distance(chosenFilter),
    bestFilter: Math.min(...filters.map(distance)),
  };
}

function arrayOf(places: readonly Place[]): NdArray {
  return { shape: [places.length, 2], data: Float32Array.from(places.flat()) };
}
