import { contactSheet, fromInput, type NdArray, type Network, type Picture, predict, toInput } from 'vitrine';
import { randomDirections } from 'vitrine/dissection';
import type { SheetCell } from 'vitrine/render';
import { type Craft, craft, fitSparseCodes, nonNegativeFactors } from 'vitrine/visualization';
import { cropPicture, type PixelWindow } from '../../../src/image/crop.ts';
import { principalDirections } from '../../../src/numeric/linear/principalDirections.ts';
import { runningCovariance } from '../../../src/numeric/running.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { recovery, rowsIn, superposed, unitsShuffled } from '../../../test/support/superposed.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { lite0, scale, side } from '../network.ts';
import { photosOf } from '../patches.ts';

type Print = (line: string) => void;

/** What the study hands over besides its lines: for each class a sheet with the best crops of its concepts, as PNG. */
export interface ConceptFindings {
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

/**
 * Whether sparse codes find planted directions that principal components and non-negative factors do not, and what CRAFT says
 * of the classes of some photos.
 */
export async function studyConcepts(print: Print, folder = 'examples/images'): Promise<ConceptFindings> {
  for (const seed of [0, 1, 2]) await studySuperposition(seed, print);
  const { network, labels, dispose } = await lite0();
  const sheets: Record<string, Uint8Array> = {};
  for (const { target, images } of await classesOf(network, await photosOf(folder))) {
    const name = labels[target] as string;
    sheets[name.replace(/\W+/g, '-')] = await studyClass({ network, target, images, name }, print);
  }
  dispose();
  return { sheets };
}

/** 64 directions in 24 units, three at a time: how many are found. */
async function studySuperposition(seed: number, print: Print): Promise<void> {
  const { directions, vectors } = superposed(20_000, { seed });
  const codes = await fitSparseCodes(vectors, { size: 96, active: 3, steps: 3000, seed });
  const running = runningCovariance(24);
  for (const row of rowsIn(vectors)) running.add(Float64Array.from(row));
  const rectified = { shape: [3000, 24], data: vectors.data.slice(0, 3000 * 24).map((value) => Math.max(0, value)) };
  const { parts } = await nonNegativeFactors(rectified, { count: 64, steps: 150, seed });
  const control = await fitSparseCodes(unitsShuffled(vectors), { size: 96, active: 3, steps: 3000, seed });
  const rows = {
    'sparse codes': recovery(directions, rowsIn(codes.decoder)),
    'codes of shuffled': recovery(directions, rowsIn(control.decoder)),
    'principal components': recovery(directions, atOnce(principalDirections(running.covariance())).directions, {
      eitherSign: true,
    }),
    'random directions': recovery(directions, rowsIn(randomDirections({ count: 96, unitCount: 24, seed }))),
    'non-negative factors': recovery(directions, rowsIn(parts)),
  };
  print(
    `superposed directions, seed ${seed}: variance explained ${of(codes.explainedVariance)}, ${codes.dead} codes of 96 dead`,
  );
  for (const [name, { mean, found }] of Object.entries(rows)) {
    print(
      `  ${name.padEnd(20)} mean cosine ${of(mean)}, above .9 ${of(found)}${name === 'sparse codes' ? ' (aim: mean ≥ .9, above all others)' : ''}`,
    );
  }
}

/** Pictures of one class. */
interface ClassPictures {
  readonly target: number;
  readonly images: readonly NdArray[];
}

/** The three classes that most photos are taken for, each with parts of its photos as images. */
async function classesOf(network: Network, photos: readonly Picture[]): Promise<readonly ClassPictures[]> {
  const byClass = new Map<number, NdArray[]>();
  for (const photo of photos) {
    const { values } = await predict(network, inputOf(photo));
    const target = values.data.indexOf(Math.max(...values.data));
    byClass.set(target, [...(byClass.get(target) ?? []), ...viewsOf(photo)]);
  }
  const classes = [...byClass].sort(([, a], [, b]) => b.length - a.length).slice(0, 3);
  return classes.map(([target, images]) => ({ target, images }));
}

/** A photo as a whole, and four parts of it, each of three quarters of its shorter side. */
function viewsOf(photo: Picture): readonly NdArray[] {
  const { width, height } = photo;
  const length = Math.round(0.75 * Math.min(width, height));
  const windows = [0, 1].flatMap((row) =>
    [0, 1].map((column): PixelWindow => {
      const [top, left] = [row * (height - length), column * (width - length)];
      return { top, left, height: length, width: length };
    }),
  );
  return [inputOf(photo), ...windows.map((window) => inputOf(cropPicture(photo, window)))];
}

function inputOf(picture: Picture): NdArray {
  return toInput(picture, { size: side, ...scale });
}

/** The concepts of a class: importances, and a row of crops for each. */
async function studyClass(
  { network, target, images, name }: ClassPictures & { readonly network: Network; readonly name: string },
  print: Print,
): Promise<Uint8Array> {
  const options = { layer: 'head_relu', target, count: 6, patch: 80, stride: 48, samples: 32, examples: 6 } as const;
  const found = await craft(network, images, options);
  const [whole] = found.score;
  print(
    `${name}: ${images.length} images, explained ${of(found.explained)}, logit ${of(whole)}, rebuilt ${of(found.rebuiltScore[0])}`,
  );
  print(`  importance of concepts: ${found.concepts.map(({ importance }) => of(importance)).join(' ')}`);
  return indexedPng(contactSheet(cellsOf(found, images), { columns: 6, cellWidth: 112, title: name }));
}

function cellsOf({ concepts }: Craft, images: readonly NdArray[]): readonly SheetCell[] {
  return concepts.flatMap(({ importance, crops }, i) =>
    crops.map(({ image, box }, place) => ({
      picture: cropPicture(fromInput(images[image] as NdArray, scale), box),
      ...(place === 0 && { title: `${i}: ${of(importance)}` }),
    })),
  );
}

function of(value: number | undefined): string {
  return (value as number).toFixed(3);
}
