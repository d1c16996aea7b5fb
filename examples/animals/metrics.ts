import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { mean } from 'd3-array';
import {
  activations,
  encodePng,
  locationInstability,
  type NdArray,
  partInterpretability,
  peakPositions,
  receptiveField,
  useBackend,
} from 'vitrine';
import { type LocationInstability, medianPartRadius, type PartInterpretability } from 'vitrine/metrics';
import { categoryNames } from './anatomy.ts';
import { type Animal, drawAnimal } from './drawAnimal.ts';
import { accuracyOf, layerNames, picturesOf, side, trained, untrained } from './network.ts';
import { animalSheet } from './sheet.ts';

// `npm run demo:locations`: how steadily the filters of a small network, trained here, follow the parts of animals.
await useBackend('wasm');
await mkdir('out', { recursive: true });
await writeFile('out/animals.png', encodePng(animalSheet(24, 1)));
const animals = categoryNames.map((category) =>
  Array.from({ length: 120 }, (_, number) => drawAnimal(number, { seed: 2, size: side, category })),
);
const after = await trained(console.log);
const accuracy = await accuracyOf(after, animals.flat());
console.log(`of ${animals.flat().length} new pictures ${(100 * accuracy).toFixed(1)}% are told right\n`);
const before = untrained();
console.log(heading());
for (const [name, model] of Object.entries({ untrained: before, trained: after })) {
  for (const layer of layerNames) console.log(rowOf(`${name} ${layer}`, await measured(model, layer)));
}
const radius = medianPartRadius(masksOf(animals.flat()));
console.log(
  `\nmeans over ${categoryNames.join(', ')}; discs of radius ${radius.toFixed(2)}; pictures: out/animals.png`,
);
before.dispose();
after.dispose();

interface Measured {
  readonly locations: readonly LocationInstability[];
  readonly parts: PartInterpretability;
}

/** A layer's filters, with the landmarks of one category after the other. */
async function measured(model: LayersModel, layer: string): Promise<Measured> {
  const { centre, jump } = receptiveField(model, layer);
  const locations: LocationInstability[] = [];
  for (const own of animals) {
    const raw = await mapsOf(model, own, `${layer}@preactivation`);
    const [, rows, columns] = raw.shape as [number, number, number, number];
    const peaks = peakPositions(raw, { centre, jump });
    const grid = { size: [rows, columns], centre, jump } as const;
    locations.push(locationInstability({ ...peaks, landmarks: landmarksOf(own), imageSize: [side, side], grid }));
  }
  const all = animals.flat();
  const rectified = await mapsOf(model, all, layer);
  const masks = masksOf(all);
  const data = { activations: rectified, parts: masks, labels: all.map(({ category }) => category) };
  // In a small layer a share of 0.005 would be less than one position per image.
  const [, rows, columns] = rectified.shape as [number, number, number, number];
  const quantile = Math.max(0.005, 1 / (rows * columns));
  return { locations, parts: partInterpretability(data, { centre, jump, quantile, radius: medianPartRadius(masks) }) };
}

async function mapsOf(model: LayersModel, own: readonly Animal[], layer: string): Promise<NdArray> {
  const pictures = picturesOf(own);
  const { [layer]: maps } = await activations(model, pictures, [layer]);
  pictures.dispose();
  return maps as NdArray;
}

function landmarksOf(own: readonly Animal[]): NdArray<Float64Array> {
  const data = Float64Array.from(own.flatMap(({ landmarks }) => [...landmarks.data]));
  return { shape: [own.length, ...(own[0]?.landmarks.shape ?? [])], data };
}

function masksOf(own: readonly Animal[]): NdArray<Uint8Array> {
  const size = own[0]?.masks.data.length ?? 0;
  const data = new Uint8Array(own.length * size);
  own.forEach(({ masks }, i) => data.set(masks.data, i * size));
  return { shape: [own.length, ...(own[0]?.masks.shape ?? [])], data };
}

function heading(): string {
  const names = ['instability', 'random', 'constant', 'centre', 'steadiest', 'vector', 'spread', 'parts found'];
  return ['layer'.padEnd(18), ...names.map((name) => name.padStart(11))].join(' ');
}

function rowOf(name: string, { locations, parts }: Measured): string {
  const over = (of: (location: LocationInstability) => number): number => mean(locations, of) as number;
  const numbers = [
    over((location) => location.mean),
    over(({ nulls }) => nulls?.randomUnit.mean as number),
    over(({ nulls }) => nulls?.constantUnit.mean as number),
    over(({ nulls }) => nulls?.centre.mean as number),
    over(({ perUnit }) => Math.min(...perUnit)),
    over(({ vectorDeviation }) => mean([...vectorDeviation.data].filter((value) => !Number.isNaN(value))) as number),
    over(({ positionSpread }) => mean(positionSpread) as number),
    parts.mean,
  ];
  return [name.padEnd(18), ...numbers.map((value) => value.toFixed(3).padStart(11))].join(' ');
}
