import { mean, min } from 'd3-array';
import { type NdArray, random } from 'vitrine';
import type { PartAnnotation } from 'vitrine/graph';
import { boxDetectionRate, centerInBoxRate, localizationDistance } from 'vitrine/metrics';
import { randomSubset } from '../../src/numeric/random.ts';
import { type Finder, type PartSearch, type Place, partFinders } from './partFinders.ts';
import { type Photo, type SeenPart, side } from './photos.ts';

/** How well a part is found in photos: the mean distance in diagonals, the centres in boxes, the boxes of IoU ≥ 0.5. */
export interface Found {
  readonly distance: number;
  readonly inBox: number;
  readonly detected: number;
}

/** Ways of finding a part from three annotations. */
export const ways = [
  'patterns, graph of all photos',
  'patterns, graph of other photos',
  'filter chosen by the three',
  'best filter with hindsight',
  'mean place of the three',
  'middle of the picture',
] as const;
export type Way = (typeof ways)[number];

/** What parts are searched with: a graph of all photos, and one of each half, with inferences on all photos. */
export interface Searches {
  readonly whole: PartSearch;
  readonly halves: readonly PartSearch[];
}

// Of the annotations, from each half.
const draws = 4;

/** Which of two halves a photo is in. */
export function halfOf(image: number): number {
  return image % 2;
}

/** Shows a part on three photos of one half and finds it on the other half, several times. */
export function localization(
  { whole, halves }: Searches,
  photos: readonly Photo[],
  part: number,
): Readonly<Record<Way, Found>> {
  const seen = photos.flatMap(({ parts }, image) => {
    const place = parts[part];
    return place ? [{ image, place }] : [];
  });
  const all = halves.flatMap((half, h) => {
    const usable = seen.filter(({ image, place }) => halfOf(image) === h && isInside(place));
    const others = seen.filter(({ image }) => halfOf(image) !== h);
    return Array.from({ length: draws }, (_, draw) => {
      const shown = randomSubset(usable.length, 3, random(3, part, h, draw)).map((k) =>
        annotationOf(usable[k] as Seen),
      );
      const [ofWhole, ofHalf] = [partFinders(whole, shown), partFinders(half, shown)];
      const size = [0, 1].map((axis) => mean(shown, (one) => one.size?.[axis])) as unknown as Place;
      const judged = (find: Finder): Found => foundBy(find, others, size);
      const filters = ofWhole.filters.map(judged);
      const least = min(filters, ({ distance }) => distance);
      return {
        'patterns, graph of all photos': judged(ofWhole.patterns),
        'patterns, graph of other photos': judged(ofHalf.patterns),
        'filter chosen by the three': judged(ofWhole.chosenFilter),
        'best filter with hindsight': filters.find(({ distance }) => distance === least) as Found,
        'mean place of the three': judged(ofWhole.constant),
        'middle of the picture': judged(() => [(side - 1) / 2, (side - 1) / 2]),
      };
    });
  });
  return Object.fromEntries(ways.map((way) => [way, meanFound(all.map((one) => one[way]))])) as Record<Way, Found>;
}

export function meanFound(all: readonly Found[]): Found {
  const over = (of: (one: Found) => number): number => mean(all, of) as number;
  return {
    distance: over(({ distance }) => distance),
    inBox: over(({ inBox }) => inBox),
    detected: over(({ detected }) => detected),
  };
}

interface Seen {
  readonly image: number;
  readonly place: SeenPart;
}

function annotationOf({ image, place: { position, box } }: Seen): PartAnnotation {
  return { image, position, size: [box[2] - box[0], box[3] - box[1]] };
}

function isInside({ position }: SeenPart): boolean {
  return position.every((coordinate) => coordinate >= 0 && coordinate <= side - 1);
}

function foundBy(find: Finder, others: readonly Seen[], [height, width]: Place): Found {
  const places = others.map(({ image }) => find(image));
  const predicted = array(places);
  const boxes = array(others.map(({ place }) => place.box));
  const own = array(places.map(([r, c]) => [r - height / 2, c - width / 2, r + height / 2, c + width / 2]));
  return {
    distance: localizationDistance(predicted, array(others.map(({ place }) => place.position)), [side, side]).mean,
    inBox: centerInBoxRate(predicted, boxes),
    detected: boxDetectionRate(own, boxes).rate,
  };
}

function array(rows: readonly (readonly number[])[]): NdArray<Float64Array> {
  return { shape: [rows.length, rows[0]?.length ?? 0], data: Float64Array.from(rows.flat()) };
}
