import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { treeText, useBackend } from 'vitrine';
import { drawAnimal } from './drawAnimal.ts';
import { side, trained } from './network.ts';
import { category, withOthers } from './treesData.ts';
import { treesOfClasses } from './treesOfClasses.ts';
import { treesOfInputs } from './treesOfInputs.ts';
import { treesOfPatterns } from './treesOfPatterns.ts';
import { treesOfReasons } from './treesOfReasons.ts';
import { type TreeChapter, tableText, treesPage } from './treesPage.ts';

// `npm run demo:trees`: the decisions of a small network, trained here, as four kinds of trees.
await useBackend('wasm');
await mkdir('out', { recursive: true });
const model = await trained(console.log);
const ofOne = { grown: withOthers(300, 3), fresh: withOthers(200, 5) };
const ofAll = { grown: anyAnimals(1600, 6), fresh: anyAnimals(600, 7) };
const work = [
  () => treesOfReasons(model, ofOne),
  () => treesOfPatterns(model, ofOne),
  () => treesOfInputs(model, ofAll),
  () => treesOfClasses(model, ofAll.fresh),
];
const chapters: TreeChapter[] = [];
for (const make of work) {
  const start = performance.now();
  const chapter = await make();
  chapters.push(chapter);
  const seconds = (performance.now() - start) / 1000;
  const text = treeText(chapter.whole ?? chapter.drawing);
  const tables = chapter.tables.map(tableText).join('\n\n');
  console.log(`\n${chapter.title} (${seconds.toFixed(0)} s)\n\n${chapter.text}\n\n${text}\n\n${tables}`);
  await writeFile(`out/tree-${chapter.name}.txt`, `${text}\n\n${tables}\n`);
}
await writeFile('out/trees.html', treesPage(chapters));
console.log(`\nthe trees of “${category}” and of all animals: out/trees.html, out/tree-*.txt`);
model.dispose();

function anyAnimals(count: number, seed: number): ReturnType<typeof drawAnimal>[] {
  return Array.from({ length: count }, (_, number) => drawAnimal(number, { seed, size: side }));
}
