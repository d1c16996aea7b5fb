import type { Concept } from '../types.ts';
import { colorNames } from './colors.ts';
import { materials, textures } from './patterns.ts';
import { sceneries } from './sceneries.ts';
import { type ThingName, things } from './things.ts';

/** The things that a picture can be of. */
export const thingNames = Object.keys(things) as readonly ThingName[];

type Category = 'color' | 'object' | 'part' | 'material' | 'scene' | 'texture';

/** The names of the concepts in each category. */
const vocabulary: Readonly<Record<Category, readonly string[]>> = {
  color: colorNames,
  object: [...thingNames, 'sky', 'ground'],
  part: [...new Set(thingNames.flatMap((thing) => things[thing].map(({ part }) => part)))],
  material: Object.keys(materials),
  scene: Object.keys(sceneries),
  texture: Object.keys(textures),
};

export const categories = Object.keys(vocabulary) as readonly Category[];

/** The concepts, numbered from 1 through all categories. */
export const concepts: readonly Concept[] = categories
  .flatMap((category) => vocabulary[category].map((name) => ({ name, category })))
  .map((concept, i) => ({ number: i + 1, ...concept }));

const numbers = new Map(concepts.map(({ number, name, category }) => [`${category} ${name}`, number]));

/** The number of a concept. */
export function numberOf(category: Category, name: string): number {
  return numbers.get(`${category} ${name}`) as number;
}
