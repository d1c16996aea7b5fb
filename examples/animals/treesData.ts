import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { fromInput, type NdArray, type Picture, type ScoreFunction } from 'vitrine';
import { type CategoryName, categoryNames, partNames } from './anatomy.ts';
import { type Animal, drawAnimal } from './drawAnimal.ts';
import { picturesOf, side } from './network.ts';

/** The kind of animal whose reasons are asked for. */
export const category: CategoryName = 'horse';

/** The name that no part is near. */
export function partName(part: number | undefined): string {
  return partNames[part ?? -1] ?? 'no part';
}

/** Animals of the category, then as many of the others. */
export function withOthers(count: number, seed: number): readonly Animal[] {
  const others = categoryNames.filter((name) => name !== category);
  return Array.from({ length: 2 * count }, (_, number) => {
    const own = number < count ? category : (others[number % others.length] as CategoryName);
    return drawAnimal(number, { seed, size: side, category: own });
  });
}

/** Work on pictures as a batch, which is freed. */
export async function withPictures<T>(animals: readonly Animal[], work: (pictures: Tensor) => Promise<T>): Promise<T> {
  const pictures = picturesOf(animals);
  try {
    return await work(pictures);
  } finally {
    pictures.dispose();
  }
}

/** How much likelier than not the network finds the category, as a logarithm: above 0 it decides for it. */
export const logOdds: ScoreFunction = ([probabilities]) => {
  const own = tf.oneHot([categoryNames.indexOf(category)], categoryNames.length);
  const sumOver = (kept: Tensor): Tensor => tf.sum(tf.mul(probabilities as Tensor, kept), 1);
  return tf.sub(tf.log(sumOver(own)), tf.log(sumOver(tf.sub(1, own))));
};

/** The same of logits `[n, k]`. */
export function logOddsOf({ shape, data }: NdArray): NdArray<Float64Array> {
  const [count, classes] = shape as [number, number];
  const own = categoryNames.indexOf(category);
  const odds = Float64Array.from({ length: count }, (_, row) => {
    const differences = Array.from(
      { length: classes },
      (__, k) => (data[row * classes + k] as number) - (data[row * classes + own] as number),
    );
    const most = Math.max(...differences.filter((___, k) => k !== own));
    const rest = differences.reduce((sum, value, k) => (k === own ? sum : sum + Math.exp(value - most)), 0);
    return -most - Math.log(rest);
  });
  return { shape: [count], data: odds };
}

/** What a picture of an animal looks like. */
export function pictureOf({ image }: Animal): Picture {
  return fromInput({ shape: [...image.shape], data: image.data }, { range: [-1, 1] });
}
