import { assertChoice } from '../../numeric/check.ts';
import type { Concept } from '../types.ts';
import { csvTable } from './csvTable.ts';
import { primaryCategory } from './primaryCategory.ts';
import type { ReadFile } from './readNamed.ts';

/** What the numbers of a Broden set stand for. */
export interface BrodenConcepts {
  /** In the order of label.csv. */
  readonly concepts: readonly Concept[];
  /** In the order of category.csv. */
  readonly categories: readonly string[];
}

/** The labels that the chosen categories use, each with the one of them that covers most of it. */
export async function brodenConcepts(read: ReadFile, chosen?: readonly string[]): Promise<BrodenConcepts> {
  const categories = await chosenCategories(read, chosen);
  const coverages = await Promise.all(categories.map((category) => coverageIn(read, category)));
  const labels = await csvTable(read, 'label.csv', ['number', 'name']);
  const concepts = labels.flatMap((label): Concept[] => {
    const number = label.number('number');
    const place = primaryCategory(coverages.map((coverage) => coverage.get(number) ?? 0));
    // The number 0 stands for labels that were too rare to be kept.
    if (number === 0 || place === undefined) return [];
    return [{ number, name: label.text('name'), category: categories[place] as string }];
  });
  return { concepts, categories };
}

async function chosenCategories(read: ReadFile, chosen?: readonly string[]): Promise<readonly string[]> {
  const rows = await csvTable(read, 'category.csv', ['name']);
  const known = rows.map((row) => row.text('name'));
  if (!chosen) return known;
  for (const category of chosen) assertChoice('categories', category, known);
  return known.filter((category) => chosen.includes(category));
}

async function coverageIn(read: ReadFile, category: string): Promise<ReadonlyMap<number, number>> {
  const rows = await csvTable(read, `c_${category}.csv`, ['number', 'coverage']);
  return new Map(rows.map((row) => [row.number('number'), row.number('coverage')]));
}
