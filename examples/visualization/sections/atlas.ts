import { writeFile } from 'node:fs/promises';
import { activationAtlas } from 'vitrine';
import { atlasPage, type ReportSection, spriteSheet } from 'vitrine/render';
import { scale } from '../network.ts';
import type { World } from './world.ts';

const layer = 'block10_project_bn';

/** A page of its own: a map of what a layer sees in all patches. */
export async function atlasSection({ network, images, labels, folder }: World): Promise<readonly ReportSection[]> {
  const atlas = await activationAtlas(network, images, {
    ...scale,
    layer,
    labels,
    ...{ grid: 7, threshold: 2, size: 96, steps: 192 },
  });
  const title = `An atlas of ${layer}`;
  await writeFile(`${folder}/atlas.html`, atlasPage(atlas, { title }));
  const named = [...atlas.cells].sort((a, b) => b.count - a.count).slice(0, 12);
  return [
    {
      title,
      text: `atlas.html lays ${images.length} natural patches out so that those lie together that the layer takes for alike, and shows what each place stands for. It has ${atlas.cells.length} cells; these are their icons, row by row, and the fullest cells with the class that they speak for.`,
      pictures: [{ picture: spriteSheet(atlas.icons).picture }],
      table: {
        columns: ['row', 'column', 'patches', 'speaks for'],
        rows: named.map(({ row, column, count, label }) => [row, column, count, label?.name ?? '']),
      },
    },
  ];
}
