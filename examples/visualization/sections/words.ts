import { writeFile } from 'node:fs/promises';
import { fromInput, objectives, type Picture, semanticDictionary, toInput, visualize } from 'vitrine';
import { dictionaryPage, type ReportSection, spriteSheet } from 'vitrine/render';
import { scale, side } from '../network.ts';
import type { World } from './world.ts';

const layer = 'block10_project_bn';

/** A page of its own: what a layer sees at each position of the photo, in pictures of its units. */
export async function wordsSection({ network, photos, folder }: World): Promise<readonly ReportSection[]> {
  const x = toInput(photos[0] as Picture, { size: side, ...scale });
  const dictionary = await semanticDictionary(network, x, { layer });
  const units = frequent(dictionary.units.data, 24);
  const list = units.map((unit) => objectives.channel(layer, unit));
  const seen = await visualize(network, list, { ...scale, size: 80, steps: 96 });
  const icons = spriteSheet(seen, { data: units.map((unit) => ({ layer, unit })) });
  const text =
    'For the position under the pointer, or chosen by arrow keys, the units that are most active there, with pictures of what each would like to see.';
  const page = dictionaryPage(dictionary, { picture: fromInput(x, scale), icons, title: `What ${layer} sees`, text });
  await writeFile(`${folder}/dictionary.html`, page);
  return [
    {
      title: 'The words of a layer',
      text: `dictionary.html shows at each position of the photo the units of ${layer} that are most active there. These are the pictures of the ${units.length} most frequent ones.`,
      pictures: [{ picture: icons.picture, caption: `units ${units.join(', ')}` }],
    },
  ];
}

/** The numbers that occur most often, in that order. */
function frequent(numbers: Int32Array, most: number): readonly number[] {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([number]) => number);
}
