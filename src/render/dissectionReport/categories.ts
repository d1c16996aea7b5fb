import { schemeTableau10 } from 'd3-scale-chromatic';

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
      return [category, schemeTableau10[places[place % places.length] as number] as string];
    }),
  );
}

function isPublished(category: string): boolean {
  return published.includes(category);
}
