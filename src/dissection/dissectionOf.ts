import type { NdArray } from '../numeric/ndarray.ts';
import type { ConceptIndex } from './conceptIndex.ts';
import { intersectionOverUnion, iouCeiling } from './iou.ts';
import type { Tally } from './tallyAccumulator.ts';
import type { Concept, Count, Dissection, Match, UnitReport } from './types.ts';

/** What a dissection is made from. */
export interface Counted {
  readonly tally: Tally;
  readonly thresholds: Float64Array;
  readonly index: ConceptIndex;
  readonly cutoff: number;
}

/** What the units stand for, by what was counted. */
export function dissectionOf({ tally, thresholds, index, cutoff }: Counted): Dissection {
  const { concepts } = index;
  const { intersection, area, truth, extent, mask, images } = tally;
  const [units, conceptCount] = [thresholds.length, concepts.length];
  const iou = new Float64Array(units * conceptCount);
  const matches = Array.from({ length: units }, (_, unit) =>
    Array.from({ length: conceptCount }, (_, concept): Match => {
      const place = unit * conceptCount + concept;
      const own = area[unit * index.categories.length + (index.categoryOf[concept] as number)] as number;
      const counts = { intersection: intersection[place] as number, area: own, truth: truth[concept] as number };
      iou[place] = intersectionOverUnion(counts);
      const { name, category } = concepts[concept] as Concept;
      return { concept: name, category, iou: iou[place] as number, ceiling: iouCeiling(counts) };
    }),
  );
  const reports = matches.map((row, unit) => reportOf(unit, thresholds[unit] as number, row, { index, cutoff }));
  return {
    concepts,
    categories: index.categories,
    cutoff,
    images: images[0] as number,
    size: [images[1] as number, images[2] as number],
    thresholds,
    intersection: table(intersection, conceptCount),
    mask,
    area: table(area, index.categories.length),
    truth,
    extent,
    iou: table(iou, conceptCount),
    units: reports,
    detectors: reports.filter(({ detector }) => detector).length,
    uniqueDetectors: {
      argmax: distinct(
        reports.flatMap(({ best }) => best ?? []),
        index,
        cutoff,
      ),
      perCategory: distinct(
        reports.flatMap(({ byCategory }) => Object.values(byCategory)),
        index,
        cutoff,
      ),
    },
  };
}

function reportOf(
  unit: number,
  threshold: number,
  row: readonly Match[],
  { index, cutoff }: { index: ConceptIndex; cutoff: number },
): UnitReport {
  const bests = index.categories.flatMap((category) => greatest(row.filter((match) => match.category === category)));
  const best = greatest(bests)[0] ?? null;
  return {
    unit,
    threshold,
    best,
    byCategory: Object.fromEntries(bests.map((match) => [match.category, match])),
    detector: best !== null && best.iou > cutoff,
  };
}

/** The match of the greatest IoU, the first of equals; none if all are 0. */
function greatest(matches: readonly Match[]): readonly Match[] {
  const best = matches.reduce<Match | undefined>(
    (most, match) => (match.iou > (most?.iou ?? 0) ? match : most),
    undefined,
  );
  return best ? [best] : [];
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
