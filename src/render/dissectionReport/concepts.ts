import { assertDissection } from '../../dissection/shared.ts';
import type { ConceptMatch, Dissection } from '../../dissection/types.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { distinctColors } from '../drawing/colors.generated.ts';

/** The concepts of a category that units detect. */
export interface DetectedCategory {
  readonly category: string;
  /** Those of most detectors first. */
  readonly concepts: readonly { readonly concept: string; readonly detectors: number }[];
}

/** How many units detect each concept, each unit having one; categories without any are left out. */
export function detectedConcepts({ units, categories }: Dissection): readonly DetectedCategory[] {
  const found = units.flatMap(({ best, detector }): ConceptMatch[] => (detector && best ? [best] : []));
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

/** A concept's name as readers want it: the published data set marks colours by -c and scenes by -s, and has _ for a space. */
export function conceptLabel({ concept, category }: { readonly concept: string; readonly category: string }): string {
  const suffix = { color: '-c', scene: '-s' }[category];
  const name = suffix && concept.endsWith(suffix) ? concept.slice(0, -suffix.length) : concept;
  return name.replaceAll('_', ' ');
}

/** The order of the published figures. */
const published = ['object', 'scene', 'part', 'material', 'texture', 'color'];

// Blue, orange, green, brown, purple, pink for the published ones: apart from each other also for most colour-blind readers.
const places = [0, 1, 4, 8, 6, 7, 5, 3, 2, 9];

/** Categories in the order of the published figures, then any others as they come. */
export function orderedCategories(categories: Iterable<string>): readonly string[] {
  const given = new Set(categories);
  return [...published.filter((category) => given.has(category)), ...[...given].filter((one) => !isPublished(one))];
}

/** The colour of each category: that of a published one is always the same. */
export function categoryColors(categories: readonly string[]): Readonly<Record<string, string>> {
  const others = categories.filter((category) => !isPublished(category));
  return Object.fromEntries(
    categories.map((category) => {
      const place = isPublished(category) ? published.indexOf(category) : published.length + others.indexOf(category);
      return [category, distinctColors[places[place % places.length] as number] as string];
    }),
  );
}

function isPublished(category: string): boolean {
  return published.includes(category);
}

/** Refuses what has no dissection, or something else than dissections. */
export function assertLayers(layers: Readonly<Record<string, Dissection>>): void {
  if (typeof layers !== 'object' || layers === null || Array.isArray(layers)) {
    throw new VitrineError(
      'bad-argument',
      `"layers" expected dissections by the names of layers, got ${describe(layers)}`,
    );
  }
  if (Object.keys(layers).length === 0)
    throw new VitrineError('bad-argument', '"layers" expected at least one dissection, got none');
  for (const [name, layer] of Object.entries(layers)) {
    assertDissection(`layers.${name}`, layer);
  }
}
