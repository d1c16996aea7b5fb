import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

/** How a picture is searched that lies between 0 and 1. */
interface PlainSearch {
  readonly goal: number;
  readonly epsilon: number;
  readonly evaluations: number;
  readonly share: number;
  readonly seed: number;
}

/** What it found. */
interface PlainFind {
  readonly picture: Float32Array;
  readonly queries: number;
  readonly accepted: number;
}

/** The square attack on the first of some pictures by plain loops, with a prediction of the whole picture each time. */
export async function plainSquare(
  model: LayersModel,
  { shape, data }: NdArray,
  search: PlainSearch,
): Promise<PlainFind> {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const { uniform } = random(search.seed, 0, 30);
  const flip = (): number => (uniform() < 0.5 ? -1 : 1);
  const around = (i: number, value: number): number => {
    const x = data[i] as number;
    return Math.min(Math.max(Math.min(Math.max(value, x - search.epsilon), x + search.epsilon), 0), 1);
  };
  const signs = Array.from({ length: columns * channels }, flip);
  let picture = data.map((x, i) => around(i, x + search.epsilon * (signs[i % signs.length] as number)));
  let loss = await gain(model, picture, shape, search);
  let [queries, accepted] = [1, 0];
  for (; queries < search.evaluations && loss <= 0; queries++) {
    const share = search.share / (queries > 50 ? 4 : queries > 10 ? 2 : 1);
    const side = Math.min(Math.max(Math.round(Math.sqrt(share * rows * columns)), 1), rows, columns);
    const [top, left] = [Math.floor(uniform() * (rows - side)), Math.floor(uniform() * (columns - side))];
    const colors = Array.from({ length: channels }, flip);
    const tried = picture.map((value, i) => {
      const [row, column] = [Math.floor(i / (columns * channels)), Math.floor(i / channels) % columns];
      const isInside = row >= top && row < top + side && column >= left && column < left + side;
      return isInside ? around(i, value + 2 * search.epsilon * (colors[i % channels] as number)) : value;
    });
    const found = await gain(model, tried, shape, search);
    if (found <= loss && found < 0) continue;
    [picture, loss] = [tried, found];
    accepted++;
  }
  return { picture, queries, accepted };
}

/** By how much the goal is ahead of the best other class. */
async function gain(
  model: LayersModel,
  picture: Float32Array,
  [, ...shape]: readonly number[],
  { goal }: PlainSearch,
): Promise<number> {
  const output = tf.tidy(() => model.predict(tf.tensor(picture, [1, ...shape])) as tf.Tensor);
  const scores = await output.data();
  output.dispose();
  return (scores[goal] as number) - Math.max(...scores.filter((_, i) => i !== goal));
}
