import '@tensorflow/tfjs-backend-wasm';
import { compile, useBackend } from 'vitrine';
import { readModel } from 'vitrine/node';
import { chosenFilters, mapsOf } from './maps.ts';
import { categoriesOf, negativesOf, photosOf, readAnnotations } from './photos.ts';
import { type CategoryStudy, categoryStudy, meanStudy } from './study.ts';
import { studyTables } from './tables.ts';

// `npm run study:parts -- <folder> [categories | all [filters]]`: the tables of docs/study-parts.md.
const [folder = '', categories = 'bird', count = '240'] = process.argv.slice(2);
const started = performance.now();
const annotations = await readAnnotations(folder);
const names = categoriesOf(annotations, categories);
await useBackend('wasm');
const model = await readModel('examples/models/efficientnet-lite0/model.json');
const network = compile(model);
const negatives = await negativesOf(folder, annotations);
const filters = Number(count);
const negativeMaps = await mapsOf(network, negatives, { stage: 'bn', chosen: chosenFilters(filters) });
const studies: CategoryStudy[] = [];
for (const name of names) {
  const photos = await photosOf(folder, annotations, name);
  studies.push(await categoryStudy(network, { category: name, photos, negatives, negativeMaps, filters }, log));
}
for (const [title, text] of studyTables(meanStudy(studies))) console.log(`\n### ${title}\n\n${text}`);
network.dispose();
model.dispose();

function log(text: string): void {
  console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}`);
}
