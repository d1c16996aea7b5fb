import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { useBackend } from 'vitrine';
import { studyAtlas } from './studies/atlas.ts';
import { studyCaricature } from './studies/caricature.ts';
import { studyConcepts } from './studies/concepts.ts';
import { studyGenerators } from './studies/generators.ts';
import { studyInversion } from './studies/inversion.ts';
import { studyTrust } from './studies/trust.ts';
import { studyUnits } from './studies/units.ts';

/** What studies hand over besides what they print: pictures, as PNG. */
interface Sheets {
  readonly sheets?: Readonly<Record<string, Uint8Array>>;
}

// `npm run study:visualization -- [folder of photos] [names of studies]`: experiments with known outcomes; all by default.
const print = (text: string): void => console.log(text);
const words = process.argv.slice(2);
const folder = words.find(isFolder) ?? 'examples/images';
const studies: Readonly<Record<string, () => Promise<object>>> = {
  units: () => studyUnits(print, folder),
  inversion: () => studyInversion(print, folder),
  caricature: () => studyCaricature(print, folder),
  concepts: () => studyConcepts(print, folder),
  trust: () => studyTrust(print, folder),
  atlas: () => studyAtlas(print),
  generators: () => studyGenerators(print),
};
const names = Object.keys(studies);
const unknown = words.find((word) => word !== folder && !names.includes(word));
if (unknown !== undefined) throw new Error(`"${unknown}" is neither a folder nor one of ${names.join(', ')}`);
await useBackend('wasm');
const out = 'out/visualization/study';
await mkdir(out, { recursive: true });
for (const name of names) {
  if (words.some((word) => word !== folder) && !words.includes(name)) continue;
  print(`\n## ${name}\n`);
  const { sheets }: Sheets = (await studies[name]?.()) ?? {};
  for (const [sheet, png] of Object.entries(sheets ?? {})) await writeFile(`${out}/${name}-${sheet}.png`, png);
}
print(`\nwritten: pictures in ${out}`);

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
