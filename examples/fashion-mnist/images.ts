import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Images of clothes with their classes. */
export interface Clothes {
  /** Grey of 0 to 1, `[n, 28, 28, 1]`. */
  readonly images: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** `[n]` */
  readonly classes: Uint8Array;
}

/** The names of the ten classes. */
export const clothes = [
  'T-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
] as const;

/** Reads the 6000 images to train with, or the 1000 to test with. */
export async function readClothes(part: 'train' | 't10k'): Promise<Clothes> {
  const { shape, data } = await idx(`${part}-images-idx3-ubyte.gz`);
  const { data: classes } = await idx(`${part}-labels-idx1-ubyte.gz`);
  return { images: { shape: [...shape, 1], data: Float32Array.from(data, (pixel) => pixel / 255) }, classes };
}

/** The first of some images. */
export function firstOf({ images, classes }: Clothes, count: number): Clothes {
  const size = images.data.length / classes.length;
  const shape = [count, ...images.shape.slice(1)];
  return { images: { shape, data: images.data.slice(0, count * size) }, classes: classes.slice(0, count) };
}

/** The images of one class. */
export function ofClass(
  { images, classes }: Clothes,
  wanted: number,
  count: number = Number.POSITIVE_INFINITY,
): Clothes['images'] {
  const size = images.data.length / classes.length;
  const chosen = [...classes.keys()].filter((i) => classes[i] === wanted).slice(0, count);
  const data = new Float32Array(chosen.length * size);
  chosen.forEach((image, i) => data.set(images.data.subarray(image * size, (image + 1) * size), i * size));
  return { shape: [chosen.length, ...images.shape.slice(1)], data };
}

/** IDX: two zeros, the type (8, bytes), the number of axes; their lengths, 4 bytes each, most significant first; the data. */
async function idx(name: string): Promise<{ readonly shape: readonly number[]; readonly data: Uint8Array }> {
  const bytes = gunzipSync(await readFile(fileURLToPath(new URL(name, import.meta.url))));
  const axes = bytes[3] ?? 0;
  const shape = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  return { shape, data: new Uint8Array(bytes.subarray(4 + 4 * axes)) };
}
