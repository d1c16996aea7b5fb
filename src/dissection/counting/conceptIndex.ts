import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Concept } from '../types.ts';

/** Concepts and categories by their places in the tables. */
export interface ConceptIndex {
  readonly concepts: readonly Concept[];
  readonly categories: readonly string[];
  /** The place of a concept by its number. */
  readonly places: ReadonlyMap<number, number>;
  /** The place of the category of each concept. */
  readonly categoryOf: Int32Array;
}

/** Checks concepts, and finds the places of their categories: those given, or in order of first appearance. */
export function conceptIndex(
  concepts: readonly Concept[],
  categories: readonly string[] = [...new Set(concepts.map(({ category }) => category))],
): ConceptIndex {
  if (concepts.length === 0)
    throw new VitrineError('bad-argument', '"concepts" expected at least one concept, got none');
  const places = new Map<number, number>();
  for (const { number, name } of concepts) {
    if (!Number.isInteger(number) || number < 1 || places.has(number)) {
      throw new VitrineError(
        'bad-argument',
        `"concepts" expected distinct positive integers, got ${describe(number)} of "${name}"`,
      );
    }
    places.set(number, places.size);
  }
  const categoryOf = Int32Array.from(concepts, ({ name, category }) => {
    const place = categories.indexOf(category);
    if (place >= 0) return place;
    throw new VitrineError(
      'bad-argument',
      `"categories" expected to hold that of "${name}", ${category}; got ${categories.join(', ')}`,
    );
  });
  return { concepts, categories, places, categoryOf };
}
