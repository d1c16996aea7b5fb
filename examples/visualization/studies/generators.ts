import type { LayersModel } from '@tensorflow/tfjs-layers';
import { activations, compile, contactSheet, encodePng, installKernels, predict } from 'vitrine';
import {
  decode,
  fitDenoiser,
  invert,
  picturesOf,
  type SampleCodesSettings,
  sampleCodes,
  sampleDistances,
  samplers,
  trainDecoder,
} from 'vitrine/visualization';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, clothes, firstOf, ofClass, readClothes } from '../../fashion-mnist/images.ts';

type Rows = Clothes['images'];
type Print = (line: string) => void;

/** What a study hands over besides its table. */
export interface StudyFindings {
  readonly decoders: readonly DecoderRow[];
  readonly samplers: readonly SamplerRow[];
  /** A sheet of pictures, as PNG. */
  readonly sheets: Readonly<Record<'reconstructions' | 'samples', Uint8Array>>;
}

/** How well a decoder does on 1000 images that no network has seen. */
interface DecoderRow {
  readonly name: string;
  /** The mean square of pixels of 0 to 1. */
  readonly mse: number;
  /** The share of reconstructions that the judge classifies as it does the originals, and as they are labelled. */
  readonly alike: number;
  readonly labelled: number;
  /** Both errors as the papers report them. */
  readonly pixel: number;
  readonly feature: number;
}

/** How well a sampler does, ten samples of each of ten classes. */
interface SamplerRow {
  readonly name: string;
  /** The share of samples that the judge gives their class. */
  readonly agreement: number;
  readonly nearest: number;
  readonly diversity: number;
}

const range = [0, 1] as const;
const everyClass = clothes.map((_, index) => index);

/**
 * Up-convolutional inversion and plug and play generation on clothes: a classifier whose features are inverted, another one
 * that sets conditions, and a third one that judges.
 */
export async function studyGenerators(print: Print): Promise<StudyFindings> {
  const uninstall = installKernels({ replace: true });
  const started = performance.now();
  const log: Print = (line) => print(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const [all, held] = [await readClothes('train'), await readClothes('t10k')];
  const [encoder, conditioner, judge] = await classifiers(all);
  const right = shareOf(await classesOf(judge, held.images), held.classes);
  log(`the judge is right about ${percent(right)} of held-out images`);
  const nets = { encoder, conditioner, judge };
  const decoded = await studyDecoders(nets, { all, held }, log);
  const sampled = await studySamplers({ ...nets, decoder: decoded.decoder }, all, log);
  [encoder, conditioner, judge, decoded.decoder].forEach((model) => void model.dispose());
  uninstall();
  return {
    decoders: decoded.rows,
    samplers: sampled.rows,
    sheets: { reconstructions: decoded.sheet, samples: sampled.sheet },
  };
}

interface Nets {
  readonly encoder: LayersModel;
  readonly conditioner: LayersModel;
  readonly judge: LayersModel;
}

async function classifiers(all: Clothes): Promise<readonly [LayersModel, LayersModel, LayersModel]> {
  const trained = (seed: number) => trainClassifier(all, { seed });
  return [await trained(1), await trained(2), await trained(3)];
}

/** Settings of decoders; the first is the paper's loss, the last three look for reconstructions that are classified alike. */
const decoders = [
  { name: '64 features', layer: 'features', featureWeight: 0 },
  { name: '64 features, feature term 0.02', layer: 'features', featureWeight: 0.02 },
  { name: '64 features, feature term 0.1', layer: 'features', featureWeight: 0.1 },
  { name: 'map of 5 × 5 × 32, feature term 0.1', layer: 'pool2', featureWeight: 0.1 },
] as const;

/** The decoder with which codes are sampled. */
const chosenDecoder = 2;

async function studyDecoders(
  { encoder, judge }: Nets,
  { all, held }: { readonly all: Clothes; readonly held: Clothes },
  log: Print,
): Promise<{ rows: DecoderRow[]; decoder: LayersModel; sheet: Uint8Array }> {
  const rows: DecoderRow[] = [];
  const opinions = await classesOf(judge, held.images);
  const kept: LayersModel[] = [];
  const shown: Rows[] = [held.images];
  log(`decoder                                  MSE    alike  label  pixel  feature   (aim: alike ≥ 85.0%)`);
  log(`${'mean image of the class'.padEnd(38)} ${meanError(all, held).toFixed(4)}`);
  for (const { name, ...setting } of decoders) {
    const options = { ...setting, range, epochs: 12, seed: 1, validation: 0 };
    const { decoder } = await trainDecoder(encoder, all.images, options);
    const { images, errors } = await decode(decoder, encoder, held.images, {
      layer: setting.layer,
      range,
      batchSize: 50,
    });
    const classes = await classesOf(judge, images);
    const row: DecoderRow = {
      name,
      mse: mean(errors.pixelDistance.map((d) => d * d)) / 784,
      alike: shareOf(classes, opinions),
      labelled: shareOf(classes, held.classes),
      pixel: mean(errors.reported?.pixel ?? []),
      feature: mean(errors.reported?.feature ?? []),
    };
    rows.push(row);
    kept.push(decoder);
    shown.push(images);
    const numbers = [row.pixel, row.feature].map((value) => value.toFixed(3));
    log(
      `${name.padEnd(38)} ${row.mse.toFixed(4)} ${percent(row.alike)}  ${percent(row.labelled)}  ${numbers.join('  ')}`,
    );
  }
  const decoder = kept[chosenDecoder] as LayersModel;
  await besideInversion(decoder, encoder, held, log);
  kept.filter((model) => model !== decoder).forEach((model) => void model.dispose());
  return { rows, decoder, sheet: sheetOf(shown, ['images', ...decoders.map(({ name }) => name)]) };
}

/** A decoder is better in pixels, inversion by optimization in features. */
async function besideInversion(decoder: LayersModel, encoder: LayersModel, held: Clothes, log: Print): Promise<void> {
  const { images } = firstOf(held, 10);
  const seen = { layer: 'features', range };
  const inversion = await invert(encoder, images, { ...seen, steps: 200, smoothness: 1 });
  const { errors, inversionErrors } = await decode(decoder, encoder, images, { ...seen, inversion });
  for (const [name, found] of [
    ['decoder', errors],
    ['inversion by optimization', inversionErrors],
  ] as const) {
    const numbers = [mean(found?.reported?.pixel ?? []), mean(found?.reported?.feature ?? [])].map((value) =>
      value.toFixed(3),
    );
    log(`${`ten images: ${name}`.padEnd(38)} ${' '.repeat(21)} ${numbers.join('  ')}`);
  }
}

/** The error of the mean image of its class. */
function meanError(all: Clothes, held: Clothes): number {
  const means = everyClass.map((wanted) => meanImage(ofClass(all, wanted)));
  let sum = 0;
  held.images.data.forEach((value, i) => {
    const wanted = held.classes[Math.floor(i / 784)] as number;
    sum += (value - (means[wanted]?.[i % 784] as number)) ** 2;
  });
  return sum / held.images.data.length;
}

function meanImage({ shape, data }: Rows): Float32Array {
  const means = new Float32Array(784);
  data.forEach((value, i) => {
    means[i % 784] = (means[i % 784] as number) + value / (shape[0] as number);
  });
  return means;
}

/** The sampler whose pictures are shown. */
const shownSampler = 'condition that fades, steps twice as long';

type SamplerSetting = Partial<SampleCodesSettings> & { readonly name: string };

/** Settings of samplers, and what they are compared with. */
function settingsOf(codes: Rows, encoder: LayersModel): readonly SamplerSetting[] {
  const { weights } = samplers.ppgnH;
  const magnitude = mean(codes.data.map(Math.abs));
  return [
    { name: 'prior + condition + noise, begun at units of codes', ...samplers.ppgnH },
    { name: 'the same with noise 1', ...samplers.ppgnH, weights: { ...weights, noise: 1 } },
    { name: 'the same with condition 0.7', ...samplers.ppgnH, weights: { ...weights, condition: 0.7 } },
    { name: 'the same, begun at codes of images', ...samplers.ppgnH, start: 'codes' },
    { name: 'condition that fades (diverse)', ...samplers.diverse },
    { name: 'condition that fades, steps twice as long', ...samplers.diverse, stepSize: [0.1 * magnitude, 0] },
    { name: 'condition that fades, 0.5', ...samplers.diverse, weights: { ...weights, condition: 0.5 } },
    { name: 'condition that fades, noise 1', ...samplers.diverse, weights: { ...weights, noise: 1 } },
    { name: 'encoder as prior (joint)', ...samplers.jointPpgnH, encoder: { model: encoder, layer: 'features' } },
    { name: 'no prior', ...samplers.ppgnH, weights: { ...weights, prior: 0, noise: 0 } },
    { name: 'prior alone', ...samplers.ppgnH, weights: { ...weights, condition: 0 } },
    { name: 'prior + condition + noise, begun near the mean', ...samplers.ppgnH, start: nearMean(codes) },
  ];
}

async function studySamplers(
  { encoder, conditioner, judge, decoder }: Nets & { readonly decoder: LayersModel },
  all: Clothes,
  log: Print,
): Promise<{ rows: SamplerRow[]; sheet: Uint8Array }> {
  const { features: codes } = await activations(encoder, all.images, ['features'], { batchSize: 50 });
  const { denoiser } = await fitDenoiser(codes, { epochs: 30, seed: 1 });
  const real = everyClass.map((wanted) => ofClass(all, wanted, 300));
  const rows: SamplerRow[] = [];
  const shown: Rows[] = [];
  log(
    'sampler                                            agreement nearest diversity   (aims: ≥ 80.0%, nearer than without prior, ≥ 2.5)',
  );
  log(`${'real images'.padEnd(50)}              ${(await diversityOf(real)).toFixed(2).padStart(14)}`);
  const [generator, network] = [compile(decoder), compile(conditioner)];
  for (const { name, ...setting } of settingsOf(codes, encoder)) {
    const options = { range, denoiser, codes, count: 10, steps: 150, seed: 1, ...setting };
    const { images, diversity } = await sampleCodes(generator, network, everyClass, options);
    const groups = everyClass.map((group) => groupOf(images, group));
    const wanted = Uint8Array.from({ length: 100 }, (_, i) => Math.floor(i / 10));
    const row: SamplerRow = {
      name,
      agreement: shareOf(await classesOf(judge, { shape: [100, 28, 28, 1], data: images.data }), wanted),
      nearest: mean(await Promise.all(groups.map((group, i) => nearestOf(group, real[i] as Rows)))),
      diversity: mean(diversity ?? []),
    };
    rows.push(row);
    shown.push(...(name === shownSampler ? groups : []));
    const numbers = [row.nearest, row.diversity].map((value) => value.toFixed(2).padStart(8));
    log(`${name.padEnd(50)} ${percent(row.agreement)} ${numbers.join('  ')}`);
  }
  [generator, network].forEach((compiled) => void compiled.dispose());
  denoiser.dispose();
  return { rows, sheet: sheetOf(shown, clothes) };
}

/** The mean of codes, each number up to one and a half times as large. */
function nearMean({ shape, data }: Rows): Rows {
  const [count, size] = shape as [number, number];
  const means = new Float32Array(size);
  data.forEach((value, i) => {
    means[i % size] = (means[i % size] as number) + value / count;
  });
  const factor = (i: number) => Math.max(0, 1.5 * Math.sin(12.9898 * (i + 1)));
  return {
    shape: [10, size],
    data: Float32Array.from({ length: 10 * size }, (_, i) => factor(i) * (means[i % size] as number)),
  };
}

async function classesOf(model: LayersModel, images: Rows): Promise<Uint8Array> {
  const { values } = await predict(model, images, { batchSize: 50 });
  return Uint8Array.from({ length: values.shape[0] as number }, (_, i) => {
    const row = [...values.data.subarray(10 * i, 10 * i + 10)];
    return row.indexOf(Math.max(...row));
  });
}

async function nearestOf(samples: Rows, images: Rows): Promise<number> {
  const { nearest } = await sampleDistances(samples, { images });
  return mean(nearest ?? []);
}

async function diversityOf(groups: readonly Rows[]): Promise<number> {
  const found = await Promise.all(groups.map((group) => sampleDistances(group)));
  return mean(found.map(({ diversity }) => diversity as number));
}

function groupOf({ shape, data }: Rows, group: number): Rows {
  const size = data.length / (shape[0] as number);
  return { shape: shape.slice(1), data: data.slice(group * size, (group + 1) * size) };
}

/** Ten pictures of each row, with its name. */
function sheetOf(rows: readonly Rows[], names: readonly string[]): Uint8Array {
  const cells = rows.flatMap(({ shape, data }, i) => {
    const ten = { shape: [10, ...shape.slice(1)], data: data.slice(0, 10 * 784) };
    return picturesOf(ten).map((picture, k) => ({ picture, title: k === 0 ? (names[i] ?? '') : ' ' }));
  });
  return encodePng(contactSheet(cells, { columns: 10, cellWidth: 84 }));
}

function shareOf(found: Uint8Array, wanted: Uint8Array): number {
  return found.filter((value, i) => value === wanted[i]).length / found.length;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}
