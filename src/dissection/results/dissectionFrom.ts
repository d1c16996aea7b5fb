import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { ConceptIndex } from '../counting/conceptIndex.ts';
import type { Tally } from '../counting/tallyAccumulator.ts';
import type { Concept, ConceptMatch, DetectorCount, Dissection, UnitReport } from '../types.ts';
import { iouCeiling, type RegionOverlap, ratioOf } from './iou.ts';

/** About how many operations a place of a table takes, and what is said about a unit. */
const [PLACE, REPORT] = [20, 2000];

/** What a dissection is made from. */
export interface Counted {
  readonly tally: Tally;
  readonly thresholds: Float64Array;
  readonly index: ConceptIndex;
  /** The IoU above which a unit is a detector. */
  readonly threshold: number;
}

/** What the units stand for, by what was counted. */
export function* dissectionFrom({ tally, thresholds, index, threshold }: Counted): Sliced<Dissection> {
  const { concepts, categories } = index;
  const { intersection, area, truth, extent, mask, images } = tally;
  const iou = new Float64Array(intersection.length);
  yield* forEachOf(iou.length, PLACE, (place) => {
    iou[place] = ratioOf(overlapAt(place, tally, index));
  });
  const units: UnitReport[] = [];
  yield* forEachOf(thresholds.length, PLACE * concepts.length + REPORT, (unit) => {
    units.push(reportOf({ unit, activation: thresholds[unit] as number, iou, threshold }, tally, index));
  });
  return {
    concepts,
    categories,
    threshold,
    imageCount: images[0] as number,
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
        threshold,
      ),
      perCategory: distinct(
        units.flatMap(({ byCategory }) => Object.values(byCategory)),
        index,
        threshold,
      ),
    },
  };
}

/** What a unit and a concept share, at their place in the tables. */
function overlapAt(
  place: number,
  { intersection, area, truth }: Tally,
  { categories, categoryOf }: ConceptIndex,
): RegionOverlap {
  const concept = place % truth.length;
  const unit = (place - concept) / truth.length;
  return {
    intersection: intersection[place] as number,
    area: area[unit * categories.length + (categoryOf[concept] as number)] as number,
    truth: truth[concept] as number,
  };
}

function reportOf(
  { unit, activation, iou, threshold }: { unit: number; activation: number; iou: Float64Array; threshold: number },
  tally: Tally,
  index: ConceptIndex,
): UnitReport {
  const first = unit * index.concepts.length;
  const matches = greatestByCategory(iou.subarray(first, first + index.concepts.length), index).map(
    (concept): ConceptMatch => {
      const { name, category } = index.concepts[concept] as Concept;
      const ceiling = iouCeiling(overlapAt(first + concept, tally, index));
      return { concept: name, category, iou: iou[first + concept] as number, ceiling };
    },
  );
  const best = matches.reduce<ConceptMatch | null>(
    (most, match) => (match.iou > (most?.iou ?? 0) ? match : most),
    null,
  );
  return {
    unit,
    threshold: activation,
    best,
    byCategory: Object.fromEntries(matches.map((match) => [match.category, match])),
    detector: best !== null && best.iou > threshold,
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

/** How many different concepts are matched above the least IoU. */
function distinct(matches: readonly ConceptMatch[], { categories }: ConceptIndex, threshold: number): DetectorCount {
  const detected = matches.filter(({ iou }) => iou > threshold);
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
