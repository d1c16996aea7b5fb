import { readFile } from 'node:fs/promises';
import { type NdArray, type Picture, picture, toInput } from 'vitrine';
import { readPicture } from 'vitrine/node';
import { crop } from '../../src/image/crop.ts';
import { joined } from '../scenes/rows.ts';

/** The side of what the network sees, in pixels. */
export const side = 224;

export const partNames = ['head', 'forelimb'] as const;

/** A part in the input: the centre of the first pixel is 0. */
export interface SeenPart {
  readonly position: readonly [row: number, column: number];
  /** Top, left, bottom, right. */
  readonly box: readonly [number, number, number, number];
}

/** An object cut out of a photo, whatever its proportions, as the network takes it. */
export interface Photo {
  readonly input: NdArray;
  /** By part; nothing where it is not annotated. */
  readonly parts: readonly (SeenPart | undefined)[];
}

/** What the study reads of `annotations.json`; coordinates are x before y, from the corner of the first pixel. */
export interface Annotations {
  readonly categories: readonly { readonly category: string }[];
  readonly images: readonly AnnotatedImage[];
  readonly negatives: readonly { readonly image: string }[];
}

interface AnnotatedImage {
  readonly image: string;
  readonly category: string;
  readonly object: Corners;
  readonly parts: Readonly<Record<string, { readonly box: Corners } | undefined>>;
}

type Corners = readonly [x0: number, y0: number, x1: number, y1: number];

export async function readAnnotations(folder: string): Promise<Annotations> {
  if (folder === '') {
    throw new Error(
      'expected a folder with annotations.json: npm run study:parts -- <folder> [categories | all [filters]]',
    );
  }
  const text = await readFile(`${folder}/annotations.json`, 'utf8').catch((cause: unknown) => {
    throw new Error(`"folder" expected one with a file annotations.json, got "${folder}"`, { cause });
  });
  return JSON.parse(text) as Annotations;
}

/** All categories, or those that are named, with commas between them. */
export function categoriesOf({ categories }: Annotations, wanted: string): readonly string[] {
  const names = categories.map(({ category }) => category);
  if (wanted === 'all') return names;
  const chosen = wanted.split(',');
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown === undefined) return chosen;
  throw new RangeError(`"categories" expected all or some of ${names.join(', ')}, got "${unknown}"`);
}

/** The annotated objects of a category. */
export async function photosOf(folder: string, { images }: Annotations, category: string): Promise<readonly Photo[]> {
  return Promise.all(images.filter((image) => image.category === category).map((image) => photoOf(folder, image)));
}

/** Whole photos of other things, `[n, 224, 224, 3]`. */
export async function negativesOf(folder: string, { negatives }: Annotations): Promise<NdArray> {
  return joined(
    await Promise.all(negatives.map(async ({ image }) => inputOf(await readPicture(`${folder}/${image}`)))),
  );
}

async function photoOf(folder: string, { image, object, parts }: AnnotatedImage): Promise<Photo> {
  const whole = await readPicture(`${folder}/${image}`);
  const [left, top] = [Math.max(Math.round(object[0]), 0), Math.max(Math.round(object[1]), 0)];
  const width = Math.min(Math.round(object[2]), whole.width) - left;
  const height = Math.min(Math.round(object[3]), whole.height) - top;
  const inInput = ([x0, y0, x1, y1]: Corners): SeenPart => {
    const row = (y: number): number => ((y - top) * side) / height - 0.5;
    const column = (x: number): number => ((x - left) * side) / width - 0.5;
    return {
      position: [row((y0 + y1) / 2), column((x0 + x1) / 2)],
      box: [row(y0), column(x0), row(y1), column(x1)],
    };
  };
  return {
    input: inputOf(cut(whole, { top, left, height, width })),
    parts: partNames.map((name) => {
      const part = parts[name];
      return part && inInput(part.box);
    }),
  };
}

function cut(whole: Picture, window: Parameters<typeof crop>[1]): Picture {
  const all = { shape: [1, whole.height, whole.width, 4], data: Float32Array.from(whole.data) };
  return picture(window.width, window.height, Uint8ClampedArray.from(crop(all, window).data));
}

function inputOf(shown: Picture): NdArray {
  return toInput(shown, { size: side, fit: 'stretch', antialias: true, mean: 127, std: 128 });
}
