import type { Dissection, Match } from '../../dissection/types.ts';
import { orderedCategories } from './categories.ts';
import { conceptLabel } from './conceptLabel.ts';

/** The concepts of a category that units detect. */
export interface DetectedCategory {
  readonly category: string;
  /** Those of most detectors first. */
  readonly concepts: readonly { readonly concept: string; readonly detectors: number }[];
}

/** How many units detect each concept, each unit having one; categories without any are left out. */
export function detectedConcepts({ units, categories }: Dissection): readonly DetectedCategory[] {
  const found = units.flatMap(({ best, detector }): Match[] => (detector && best ? [best] : []));
  return orderedCategories(categories).flatMap((category): DetectedCategory[] => {
    const counts = new Map<string, number>();
    for (const match of found) {
      if (match.category !== category) continue;
      const label = conceptLabel(match);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    const concepts = [...counts].map(([concept, detectors]) => ({ concept, detectors }));
    // Not by locale, which differs between machines.
    concepts.sort((a, b) => b.detectors - a.detectors || (a.concept < b.concept ? -1 : 1));
    return concepts.length > 0 ? [{ category, concepts }] : [];
  });
}
