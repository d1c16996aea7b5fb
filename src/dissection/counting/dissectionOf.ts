import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { intersectionOverUnion, iouCeiling, type Overlap } from '../results/iou.ts';
import type { Concept, Count, Dissection, Match, UnitReport } from '../types.ts';
import type { ConceptIndex } from './conceptIndex.ts';
import type { Tally } from './tallyAccumulator.ts';

/** About how many operations a place of a table takes, and what is said about a unit. */
const [PLACE, REPORT] = [20, 2000];

/** What a dissection is made from. */
export interface Counted {
  readonly tally: Tally;
  readonly thresholds: Float64Array;
  readonly index: ConceptIndex;
  readonly cutoff: number;
}

/** What the units stand for, by what was counted. */
export function* dissectionOf({ tally, thresholds, index, cutoff }: Counted): Sliced<Dissection> {
  const { concepts, categories } = index;
  const { intersection, area, truth, extent, mask, images } = tally;
  const iou = new Float64Array(intersection.length);
  yield* forEachOf(iou.length, PLACE, (place) => {
    iou[place] = intersectionOverUnion(overlapAt(place, tally, index));
  });
  const units: UnitReport[] = [];
  yield* forEachOf(thresholds.length, PLACE * concepts.length + REPORT, (unit) => {
    units.push(reportOf({ unit, threshold: thresholds[unit] as number, iou, cutoff }, tally, index));
  });
  return {
    concepts,
    categories,
    cutoff,
    images: images[0] as number,
    size: [images[1] as number, images[2] as number],
    thresholds,
    intersection: table(intersection, concepts.length),
    mask,
    area: table(area, categories.length),
    truth,
    extent,
    iou: table(iou, concepts.length),
    units,
    detectors: units.filter(({ detector }) => detector).length,
    uniqueDetectors: {
      argmax: distinct(
        units.flatMap(({ best }) => best ?? []),
        index,
        cutoff,
      ),
      perCategory: distinct(
        units.flatMap(({ byCategory }) => Object.values(byCategory)),
        index,
        cutoff,
      ),
    },
  };
}

/** What a unit and a concept share, at their place in the tables. */
function overlapAt(
  place: number,
  { intersection, area, truth }: Tally,
  { categories, categoryOf }: ConceptIndex,
): Overlap {
  const concept = place % truth.length;
  const unit = (place - concept) / truth.length;
  return {
    intersection: intersection[place] as number,
    area: area[unit * categories.length + (categoryOf[concept] as number)] as number,
    truth: truth[concept] as number,
  };
}

function reportOf(
  { unit, threshold, iou, cutoff }: { unit: number; threshold: number; iou: Float64Array; cutoff: number },
  tally: Tally,
  index: ConceptIndex,
): UnitReport {
  const first = unit * index.concepts.length;
  const matches = greatestByCategory(iou.subarray(first, first + index.concepts.length), index).map(
    (concept): Match => {
      const { name, category } = index.concepts[concept] as Concept;
      const ceiling = iouCeiling(overlapAt(first + concept, tally, index));
      return { concept: name, category, iou: iou[first + concept] as number, ceiling };
    },
  );
  const best = matches.reduce<Match | null>((most, match) => (match.iou > (most?.iou ?? 0) ? match : most), null);
  return {
    unit,
    threshold,
    best,
    byCategory: Object.fromEntries(matches.map((match) => [match.category, match])),
    detector: best !== null && best.iou > cutoff,
  };
}

/** The concept of the greatest IoU in each category, the first of equals; none where all are 0. */
function greatestByCategory(iou: Float64Array, { categories, categoryOf }: ConceptIndex): readonly number[] {
  const best = new Int32Array(categories.length).fill(-1);
  iou.forEach((value, concept) => {
    const category = categoryOf[concept] as number;
    const most = best[category] as number;
    if (value > (most < 0 ? 0 : (iou[most] as number))) best[category] = concept;
  });
  return [...best].filter((concept) => concept >= 0);
}

/** How many different concepts are matched above the cutoff. */
function distinct(matches: readonly Match[], { categories }: ConceptIndex, cutoff: number): Count {
  const detected = matches.filter(({ iou }) => iou > cutoff);
  const counts = categories.map(
    (category) => new Set(detected.filter((match) => match.category === category).map(({ concept }) => concept)).size,
  );
  return {
    total: counts.reduce((sum, count) => sum + count, 0),
    byCategory: Object.fromEntries(categories.map((category, i) => [category, counts[i] as number])),
  };
}

function table(data: Float64Array, columns: number): NdArray<Float64Array> {
  return { shape: [data.length / columns, columns], data };
}
