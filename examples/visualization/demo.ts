import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { report, useBackend } from 'vitrine';
import type { ReportSection } from 'vitrine/render';
import { lite0 } from './network.ts';
import { patchesOf, photosOf, scenes } from './patches.ts';
import { atlasSection } from './sections/atlas.ts';
import { inversionSections } from './sections/inversions.ts';
import { pathSection } from './sections/paths.ts';
import { classSection, unitSections } from './sections/units.ts';
import { wordsSection } from './sections/words.ts';

// `npm run demo:visualize`: what EfficientNet-Lite0 would like to see, what it keeps of a photo, and a map of a layer.
await useBackend('wasm');
const folder = 'out/visualization';
await mkdir(folder, { recursive: true });
const began = performance.now();
const network = await lite0();
const photos = await photosOf('examples/images');
const images = [...patchesOf(photos, 120), ...scenes(24)];
const world = { ...network, photos, images, folder };
const sections: ReportSection[] = [];
for (const part of [unitSections, classSection, inversionSections, pathSection, wordsSection, atlasSection]) {
  sections.push(...(await part(world)));
  console.log(`${part.name}: ${seconds()} s`);
}
await writeFile(`${folder}/index.html`, report(sections, { title: 'What EfficientNet-Lite0 would like to see' }));
console.log(`written: ${folder}/index.html and the pages and pictures beside it, after ${seconds()} s`);
network.dispose();

function seconds(): string {
  return ((performance.now() - began) / 1000).toFixed(0);
}
