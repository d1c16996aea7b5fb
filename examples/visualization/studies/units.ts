import { mkdir, writeFile } from 'node:fs/promises';
import { report } from 'vitrine';
import { lite0 } from '../network.ts';
import { patchesOf, photosOf, scenes } from '../patches.ts';
import { classSection, unitSections } from '../sections/units.ts';

/** Twelve units and four classes, against the best patches of a folder of photos; and a page of them. */
export async function studyUnits(print: (text: string) => void, folder: string): Promise<object> {
  const network = await lite0();
  const photos = await photosOf(folder);
  const images = [...patchesOf(photos, 400), ...scenes(24)];
  const out = 'out/visualization/study';
  await mkdir(out, { recursive: true });
  const world = { ...network, photos, images, folder: out };
  const sections = [...(await unitSections(world)), ...(await classSection(world))];
  network.dispose();
  print(
    `${photos.length} photos, ${images.length} patches; the aim: the end at least twice the start, and at least the best natural patch\n`,
  );
  for (const { title, table } of sections) {
    print(`### ${title}\n\n| ${table?.columns.join(' | ')} |\n|${'---|'.repeat(table?.columns.length ?? 0)}`);
    for (const row of table?.rows ?? []) print(`| ${row.map(shown).join(' | ')} |`);
    print('');
  }
  await writeFile(`${out}/index.html`, report(sections, { title: `Units and the photos of ${folder}` }));
  print(`written: ${out}/index.html`);
  return {};
}

function shown(value: string | number | boolean | null): string {
  if (typeof value === 'number') return value.toFixed(2);
  return typeof value === 'boolean' ? (value ? 'yes' : '**no**') : (value ?? '');
}
