import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  type Dissection,
  dissect,
  dissectionCsv,
  dissectionReport,
  filterInterpretability,
  rotatedDissection,
  syntheticConcepts,
  unitGallery,
  useBackend,
} from 'vitrine';
import { type SyntheticSample, shiftLabels } from 'vitrine/dissection';
import { readModel } from 'vitrine/node';
import { accuracyOf } from '../scenes/classification.ts';
import { side, trained, untrained } from './classifier.ts';

// `npm run demo:dissect`: what the units of a small network stand for, trained here, and of three layers of a real one.
const categories = ['object', 'part', 'scene', 'texture', 'material', 'color'] as const;
// Of pictures as small as these, half a percent are eleven pixels, in which large things cannot show. What lies anywhere
// reaches an IoU of 0.02 then: a detector shall have ten times that.
const [quantile, threshold] = [0.02, 0.2];
await useBackend('wasm');
await mkdir('out', { recursive: true });
await smallNetwork();
await realNetwork();

async function smallNetwork(): Promise<void> {
  const { samples, concepts } = syntheticConcepts({ seed: 2, count: 400, size: side });
  const layers = ['conv4'] as const;
  const before = untrained();
  const after = await trained(console.log);
  console.log(
    `of ${samples.length} new pictures ${(100 * (await accuracyOf(after, samples))).toFixed(1)}% are told right\n`,
  );
  const options = { layers, concepts, quantile, threshold };
  const { conv4: own } = await dissect(after, samples, options);
  const rotated: Record<string, Dissection> = {};
  for (const seed of [0, 1, 2, 3]) {
    const { conv4 } = await rotatedDissection(after, samples, { ...options, alphas: [1], seed });
    rotated[`rotated, seed ${seed}`] = conv4[0]?.dissection as Dissection;
  }
  const untrainedOne = await dissect(before, samples, options);
  const chance = await dissect(after, shiftLabels(samples), { ...options, imageCount: samples.length });
  print('64 units of the last convolution', {
    trained: own,
    ...rotated,
    untrained: untrainedOne.conv4,
    'trained, labels shifted': chance.conv4,
  });
  await writeFile('out/dissection-conv4.csv', dissectionCsv(own));
  const deeper = await dissect(after, samples, { ...options, layers: ['conv2', 'conv3', 'conv4'] });
  const title = 'A small network that tells houses, trees, cars and flowers apart';
  await writeReport('out/dissection.html', after, samples, { layers: deeper, title });
  before.dispose();
  after.dispose();
}

async function realNetwork(): Promise<void> {
  const model = await readModel('examples/models/efficientnet-lite0/model.json');
  const { samples, concepts } = syntheticConcepts({ seed: 3, count: 60, size: 224 });
  const layers = ['block2_add', 'block6_add', 'block10_add'] as const;
  const found = await dissect(model, samples, { layers, concepts });
  print('layers of EfficientNet-Lite0, 60 generated pictures', found);
  for (const layer of layers) await writeFile(`out/dissection-${layer}.csv`, dissectionCsv(found[layer]));
  const title = 'Three layers of EfficientNet-Lite0';
  await writeReport('out/dissection-efficientnet-lite0.html', model, samples, { layers: found, title });
  model.dispose();
  console.log('written: out/dissection*.html and out/dissection-*.csv');
}

/** A page of what was found, with the pictures that excite each unit most. */
async function writeReport(
  path: string,
  model: LayersModel,
  samples: readonly SyntheticSample[],
  { layers, title }: { layers: Readonly<Record<string, Dissection>>; title: string },
): Promise<void> {
  const gallery = await unitGallery(model, samples, { layers: Object.keys(layers), scale: { range: [-1, 1] } });
  const text = `Of ${samples.length} generated pictures (syntheticConcepts).`;
  await writeFile(path, dissectionReport({ layers, gallery, title, text }));
}

function print(title: string, dissections: Readonly<Record<string, Dissection>>): void {
  console.log(title);
  const thresholds = [0.8, 1, 1.2].map((share) => share * (Object.values(dissections)[0]?.threshold as number));
  const heading = thresholds.map((threshold) => `> ${threshold.toFixed(3)}`).join('  ');
  console.log(`${''.padEnd(26)}units  IoU ${heading}  unique  ${categories.join('  ')}`);
  for (const [name, dissection] of Object.entries(dissections)) {
    const found = filterInterpretability(dissection);
    const counts = categories.map((category) =>
      String(found.categories[category]?.detectors ?? 0).padStart(category.length),
    );
    const numbers = [
      String(found.units).padStart(5),
      ...thresholds.map((threshold, i) => String(detectorsAbove(dissection, threshold)).padStart(i === 0 ? 11 : 7)),
      String(found.unique).padStart(6),
    ];
    console.log(`${name.padEnd(26)}${numbers.join('  ')}  ${counts.join('  ')}`);
  }
  const best =
    Object.values(dissections)[0]?.units.flatMap(({ unit, best }) => (best ? [{ unit, ...best }] : [])) ?? [];
  for (const { unit, concept, iou, ceiling } of best.sort((a, b) => b.iou - a.iou).slice(0, 5)) {
    console.log(`  unit ${unit}: ${concept}, IoU ${iou.toFixed(3)} of at most ${ceiling.toFixed(3)}`);
  }
  console.log();
}

function detectorsAbove({ units }: Dissection, threshold: number): number {
  return units.filter(({ best }) => best && best.iou > threshold).length;
}
