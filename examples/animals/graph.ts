import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  activations,
  type ExplanatoryGraph,
  encodePng,
  fitExplanatoryGraph,
  fromInput,
  graphDiagram,
  inferPatterns,
  locationInstability,
  type NdArray,
  type PatternInference,
  peakPositions,
  receptiveField,
  useBackend,
} from 'vitrine';
import { type DisentangledFilter, filterParts, type LayerInference } from 'vitrine/graph';
import type { LocationInstability, PeakPositions } from 'vitrine/metrics';
import { filterSheet } from 'vitrine/render';
import { type Place, partFinders } from '../parts/partFinders.ts';
import { type CategoryName, categoryNames, partNames } from './anatomy.ts';
import { type Animal, drawAnimal } from './drawAnimal.ts';
import { landmarksOf, placeOf } from './landmarks.ts';
import { picturesOf, side, trained } from './network.ts';
import { type AnimalSearch, type PartErrors, partErrors } from './partErrors.ts';
import { foundSheet } from './sheet.ts';

// `npm run demo:graph`: the part patterns of a small network, trained here, how steadily they follow the parts of animals,
// and parts that are found from three annotations. All animals look to the right: what is mirrored has other positions.
const layers = ['conv2', 'conv3', 'conv4'] as const;
const patternsPerFilter = { conv2: 6, conv3: 6, conv4: 3 };
await useBackend('wasm');
await mkdir('out', { recursive: true });
const model = await trained(console.log);
const errors: [category: CategoryName, part: string, errors: PartErrors][] = [];
console.log(`\n${cells('category', 'layer', 'patterns', 'steadier', 'filters', 'random', 'constant', 'centre')}`);
for (const category of categoryNames) await show(category);
console.log(`\n${cells('category', 'part', 'patterns', 'filter', 'best filter')}`);
for (const [category, part, { patterns, chosenFilter, bestFilter }] of errors) {
  console.log(cells(category, part, patterns, chosenFilter, bestFilter));
}
console.log(
  '\nall numbers in diagonals of the picture; written: out/graph-*.json and .html, out/parts-*.png, out/filter-*.png',
);
model.dispose();

/** Fits a graph to pictures of one kind of animal, and prints what other pictures say of it. */
async function show(category: CategoryName): Promise<void> {
  const fitted = drawn(category, { seed: 3, count: 120 });
  const animals = drawn(category, { seed: 4, count: 80 });
  const graph = await withPictures(fitted, (pictures) =>
    fitExplanatoryGraph(model, [pictures], { layers, patternsPerFilter }),
  );
  const inference = await withPictures(animals, (pictures) => inferPatterns(graph, model, [pictures]));
  await writeFile(`out/graph-${category}.json`, JSON.stringify(graph));
  const pictures = animals.map(({ image }) => fromInput(image, { range: [-1, 1] }));
  const title = `What the filters respond to in a ${category}`;
  await writeFile(`out/graph-${category}.html`, graphDiagram(graph, { inference, pictures, size: 20, title }));
  const peaks: PeakPositions[] = [];
  for (const layer of layers) {
    const { positions, scores } = inference[layer] as LayerInference;
    const filters = await filterPeaks(animals, layer);
    peaks.push(filters);
    const ofNodes = instability({ positions, scores }, animals, layer);
    const ofFilters = instability(filters, animals, layer);
    const { randomUnit, constantUnit, centre } = ofFilters.nulls as NonNullable<LocationInstability['nulls']>;
    const steadier = [...ofNodes.perUnit].filter((value) => value < centre.mean).length / ofNodes.perUnit.length;
    console.log(
      cells(category, layer, ofNodes.mean, steadier, ofFilters.mean, randomUnit.mean, constantUnit.mean, centre.mean),
    );
  }
  const search = { graph, inference, animals, peaks: peaks.map(({ positions }) => positions) };
  await writeFile(
    `out/filter-${category}.png`,
    encodePng(filterSheet(graph, inference, { ...mixed(graph, inference), pictures, size: 20 })),
  );
  await writeFile(`out/parts-${category}.png`, encodePng(foundSheet(animals.slice(0, 12), found(search))));
  partNames.forEach((part, p) => {
    const measured = partErrors(search, p);
    if (measured) errors.push([category, part, measured]);
  });
}

/** The filter of conv3 whose second part is seen best. */
function mixed(graph: ExplanatoryGraph, inference: PatternInference): { layer: string; unit: number } {
  const second = ({ parts }: DisentangledFilter): number => parts[1]?.meanScore ?? 0;
  const filters = filterParts(graph, inference)['conv3'] as readonly DisentangledFilter[];
  const { unit } = filters.reduce((best, own) => (second(own) > second(best) ? own : best));
  return { layer: 'conv3', unit };
}

/** Where each part that enough pictures show is found in all of them, once the last three that show it were annotated. */
function found({ animals, ...search }: AnimalSearch): Readonly<Record<string, readonly Place[]>> {
  const finders = partNames.flatMap((part, p): (readonly [string, readonly Place[]])[] => {
    const shown = animals.flatMap((animal, image) => {
      const place = placeOf(animal, p);
      return place ? [{ image, ...place }] : [];
    });
    if (shown.length < 13) return [];
    const { patterns } = partFinders(search, shown.slice(-3));
    return [[part, animals.map((_, image) => patterns(image))]];
  });
  return Object.fromEntries(finders);
}

function drawn(category: CategoryName, { seed, count }: { seed: number; count: number }): readonly Animal[] {
  return Array.from({ length: count }, (_, number) =>
    drawAnimal(number, { seed, size: side, category, facing: 'right' }),
  );
}

async function withPictures<T>(animals: readonly Animal[], work: (pictures: Tensor) => Promise<T>): Promise<T> {
  const pictures = picturesOf(animals);
  try {
    return await work(pictures);
  } finally {
    pictures.dispose();
  }
}

async function filterPeaks(animals: readonly Animal[], layer: string): Promise<PeakPositions> {
  const { centre, jump } = receptiveField(model, layer);
  const { [layer]: maps } = await withPictures(animals, (pictures) => activations(model, pictures, [layer]));
  return peakPositions(maps as NdArray, { centre, jump });
}

function instability(located: PeakPositions, animals: readonly Animal[], layer: string): LocationInstability {
  const { centre, jump } = receptiveField(model, layer);
  const positions = layer === 'conv4' ? 8 : 16;
  const grid = { size: [positions, positions], centre, jump } as const;
  return locationInstability({ ...located, landmarks: landmarksOf(animals), imageSize: [side, side], grid });
}

function cells(...row: readonly (string | number)[]): string {
  return row.map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell).padEnd(11)).join('');
}
