import type { LayersModel } from '@tensorflow/tfjs-layers';
import { activations, type NdArray, type Picture, predict } from 'vitrine';
import { type Clothes, readClothes } from '../../../fashion-mnist/images.ts';

/** What a network makes of clothes. */
export interface Embedded extends Clothes {
  /** Of the layer `features`, `[n, 64]`. */
  readonly embeddings: NdArray;
  /** `[n, 10]`. */
  readonly probabilities: NdArray;
}

/** Some of the images, by their places. */
export function chosen({ images, classes }: Clothes, places: readonly number[]): Clothes {
  return { images: rowsOf(images, places), classes: Uint8Array.from(places, (place) => classes[place] as number) };
}

/** All 7000 images, those for tests last. */
export async function allClothes(): Promise<Clothes> {
  const [training, test] = [await readClothes('train'), await readClothes('t10k')];
  const data = new Float32Array(training.images.data.length + test.images.data.length);
  data.set(training.images.data);
  data.set(test.images.data, training.images.data.length);
  const classes = Uint8Array.from([...training.classes, ...test.classes]);
  return { images: { shape: [classes.length, 28, 28, 1], data }, classes };
}

/** The places from one number to before another. */
export function places(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

export async function embedded(model: LayersModel, set: Clothes): Promise<Embedded> {
  const { features } = await activations(model, set.images, ['features'], { batchSize: 100 });
  const { values } = await predict(model, set.images, { batchSize: 100 });
  return { ...set, embeddings: features as NdArray, probabilities: values };
}

/** Some rows of an array. */
export function rowsOf({ shape, data }: NdArray, rows: readonly number[]): NdArray {
  const size = data.length / (shape[0] as number);
  const taken = new Float32Array(rows.length * size);
  rows.forEach((row, i) => taken.set(data.subarray(row * size, (row + 1) * size), i * size));
  return { shape: [rows.length, ...shape.slice(1)], data: taken };
}

/** One image as a picture, light things on dark. */
export function pictureOf({ images }: Clothes, place: number): Picture {
  const data = new Uint8ClampedArray(28 * 28 * 4).fill(255);
  images.data.subarray(place * 784, (place + 1) * 784).forEach((grey, i) => data.fill(255 * grey, 4 * i, 4 * i + 3));
  return { width: 28, height: 28, data };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
