import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { activations, contactSheet, encodePng, installKernels, type NdArray, picturesOf, random } from 'vitrine';
import type { SheetCell } from 'vitrine/render';
import {
  type ActivationAtlas,
  type ActivationAtlasOptions,
  activationAtlas,
  transforms,
  whitening,
} from 'vitrine/visualization';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, clothes, firstOf, readClothes } from '../../fashion-mnist/images.ts';

type Print = (line: string) => void;

/** What the study hands over besides its lines: the icons of the first map, as PNG. */
export interface AtlasFindings {
  readonly rows: readonly AtlasRow[];
  readonly sheet: Uint8Array;
}

/** How well a map does. */
interface AtlasRow {
  readonly name: string;
  readonly cells: number;
  /** The share of images that are of the class that most in their cell are of; of known classes the aim is 0.9. */
  readonly purity: number;
  /** The share of cells whose label is that class. */
  readonly labelled: number;
  /** The share of cells whose icon lies nearer to its own direction than to that of any other cell; the aim is 0.8. */
  readonly own: number;
}

const settings: Readonly<Record<string, Partial<ActivationAtlasOptions>>> = {
  'features, t-SNE': { layer: 'features' },
  'features, t-SNE, power 4': { layer: 'features', power: 4 },
  'features, two main axes': { layer: 'features', layout: 'pca' },
  'second convolution, t-SNE': { layer: 'conv2' },
};

/**
 * Whether a map of activations holds what is alike together, and whether its icons are of their cells: of eight planted
 * clusters, and of clothes, whose classes overlap.
 */
export async function studyAtlas(
  print: Print,
  { images = 1500, steps = 128 }: { images?: number; steps?: number } = {},
): Promise<AtlasFindings> {
  print(
    'map                          cells  purity  labelled  own icon (aims of planted clusters: purity 0.90, own icon 0.80)',
  );
  const planted = await studyPlanted(steps);
  print(lineOf(planted));
  const uninstall = installKernels({ replace: true });
  const all = await readClothes('train');
  const model = await trainClassifier(all, { seed: 0 });
  const held = firstOf(all, images);
  const rows = [planted];
  let sheet: Uint8Array | undefined;
  for (const [name, own] of Object.entries(settings)) {
    const atlas = await activationAtlas(model, held.images, optionsOf(own, { steps, side: 28 }));
    const row = { name, ...(await measured(model, atlas, held)) };
    rows.push(row);
    print(lineOf(row));
    sheet ??= sheetOf(atlas);
  }
  model.dispose();
  uninstall();
  return { rows, sheet: sheet as Uint8Array };
}

function lineOf({ name, cells, purity, labelled, own }: AtlasRow): string {
  const numbers = [purity, labelled, own].map((value) => (Number.isNaN(value) ? '—' : value.toFixed(2)).padStart(8));
  return `${name.padEnd(28)} ${String(cells).padStart(5)}${numbers.join('')}`;
}

/** Eight Gaussian classes in 64 dimensions, each a picture of 8 × 8 with noise, behind a layer that mixes its pixels. */
async function studyPlanted(steps: number): Promise<AtlasRow> {
  const { normal, uniform } = random(0);
  const means = Array.from({ length: 8 }, () => Float32Array.from({ length: 64 }, uniform));
  const data = Float32Array.from(
    { length: 800 * 64 },
    (_, i) => (means[Math.floor(i / 64) % 8]?.[i % 64] ?? 0) + 0.1 * normal(),
  );
  const classes = Uint8Array.from({ length: 800 }, (_, i) => i % 8);
  const model = tfl.sequential({
    layers: [
      tfl.layers.flatten({ inputShape: [8, 8, 1] }),
      tfl.layers.dense({
        name: 'features',
        units: 64,
        activation: 'relu',
        kernelInitializer: tfl.initializers.heNormal({ seed: 1 }),
      }),
    ],
  });
  const images = { shape: [800, 8, 8, 1], data };
  const atlas = await activationAtlas(model, images, optionsOf({}, { steps, side: 8 }));
  const row = await measured(model, atlas, { images, classes });
  model.dispose();
  // Its output has no classes.
  return { name: 'planted clusters, t-SNE', ...row, labelled: Number.NaN };
}

function optionsOf(
  own: Partial<ActivationAtlasOptions>,
  { steps, side }: { readonly steps: number; readonly side: number },
): ActivationAtlasOptions {
  return {
    ...{ layer: 'features', range: [0, 1], channels: 1, labels: clothes, grid: 8 },
    // The flattened map wants pictures of one size.
    ...{ size: side, steps, transforms: [transforms.pad(2), transforms.jitter(2), transforms.cropOrPadTo(side)] },
    ...own,
  } as ActivationAtlasOptions;
}

async function measured(
  model: LayersModel,
  atlas: ActivationAtlas,
  { images, classes }: Clothes,
): Promise<Omit<AtlasRow, 'name'>> {
  const majorities = atlas.cells.map((cell) => {
    const counts = clothes.map((_, k) => cell.images.filter((image) => classes[image] === k).length);
    const most = Math.max(...counts);
    return { most, isLabelled: counts.indexOf(most) === cell.label?.class };
  });
  const held = atlas.cells.reduce((sum, { count }) => sum + count, 0);
  return {
    cells: atlas.cells.length,
    purity: majorities.reduce((sum, { most }) => sum + most, 0) / held,
    labelled: shareOf(majorities.map(({ isLabelled }) => isLabelled)),
    own: await ownShare(model, atlas, images),
  };
}

async function ownShare(
  model: LayersModel,
  { cells, icons, layer }: ActivationAtlas,
  images: NdArray,
): Promise<number> {
  const matrix = rowsOf(await whitening(placesOf((await activations(model, images, [layer]))[layer] as NdArray)));
  const directions = cells.map(({ direction: { vector } }) => matrix.map((line) => dot(line, vector)));
  const found = (await activations(model, icons, [layer]))[layer] as NdArray;
  const own = cells.map((_, icon) => {
    const cosines = directions.map((v) => dot(middleOf(found, icon), v) / Math.hypot(...v));
    return cosines.indexOf(Math.max(...cosines)) === icon;
  });
  return shareOf(own);
}

/** The activations of all places, one after the other. */
function placesOf({ shape, data }: NdArray): NdArray {
  const units = shape.at(-1) as number;
  return { shape: [data.length / units, units], data };
}

/** The activations of an icon in the middle of the layer. */
function middleOf({ shape, data }: NdArray, icon: number): Float32Array {
  const [, ...axes] = shape;
  const units = axes.pop() as number;
  const places = axes.reduce((product, length) => product * length, 1);
  const middle = axes.reduce((place, length) => place * length + Math.floor(length / 2), 0);
  const at = (icon * places + middle) * units;
  return data.subarray(at, at + units);
}

/** The icons where their cells are, with the class of each. */
function sheetOf({ cells, icons, grid }: ActivationAtlas): Uint8Array {
  const pictures = picturesOf(icons);
  const sheet: SheetCell[] = cells.map(({ label, count, picture }) => ({
    picture: pictures[picture] as (typeof pictures)[number],
    title: `${label?.name ?? ''} ${count}`,
  }));
  return encodePng(contactSheet(sheet, { columns: grid, cellWidth: 84 }));
}

function rowsOf({ shape, data }: NdArray): readonly Float32Array[] {
  const length = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, i) => data.subarray(i * length, (i + 1) * length));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function shareOf(answers: readonly boolean[]): number {
  return answers.filter(Boolean).length / answers.length;
}
