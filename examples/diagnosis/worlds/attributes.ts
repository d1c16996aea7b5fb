import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { NdArray } from 'vitrine';
import { random } from '../../../src/numeric/random.ts';
import { train } from '../../scenes/train.ts';

/** Pictures of marks, and which of them each has. */
export interface MarkedPictures {
  readonly images: NdArray;
  /** `[n, 6]` of 0 and 1. */
  readonly labels: NdArray<Uint8Array>;
}

/** Where the six marks lie, as the centre of 5 × 5 pixels that is moved by up to 2. */
const markPlaces = [
  [6, 6],
  [6, 18],
  [6, 28],
  [22, 6],
  [22, 18],
  [22, 28],
] as const;
const pictureSize = [32, 36] as const;
export const markNames = ['dash', 'bar', 'slope', 'counterslope', 'frame', 'cross'] as const;

/** The pixels of each mark. */
const marks: readonly ((row: number, column: number) => boolean)[] = [
  (row) => row === 2,
  (_, column) => column === 2,
  (row, column) => row === column,
  (row, column) => row === 4 - column,
  (row, column) => row % 4 === 0 || column % 4 === 0,
  (row, column) => row === 2 || column === 2,
];

/** Marks drawn at random on noise; of a `pair` the second is mostly what the first is, in 95 of 100 pictures. */
export function markedPictures(
  count: number,
  { seed, pair }: { seed: number; pair?: readonly [number, number] },
): MarkedPictures {
  const [rows, columns] = pictureSize;
  const images = new Float32Array(count * rows * columns);
  const labels = new Uint8Array(count * 6);
  for (let i = 0; i < count; i++) {
    const { normal, uniform, integer } = random(seed, i);
    const has = Array.from({ length: 6 }, () => integer(2));
    if (pair && uniform() < 0.95) has[pair[1]] = has[pair[0]] as number;
    labels.set(has, i * 6);
    const picture = images.subarray(i * rows * columns, (i + 1) * rows * columns);
    picture.forEach((_, at) => {
      picture[at] = 0.5 + 0.1 * normal();
    });
    markPlaces.forEach(([centreRow, centreColumn], mark) => {
      const [down, right] = [integer(5) - 2, integer(5) - 2];
      if (has[mark] === 0) return;
      for (let row = 0; row < 5; row++)
        for (let column = 0; column < 5; column++)
          if (marks[mark]?.(row, column))
            picture[(centreRow + down + row - 2) * columns + centreColumn + right + column - 2]! += 0.6;
    });
  }
  return { images: { shape: [count, rows, columns, 1], data: images }, labels: { shape: [count, 6], data: labels } };
}

/** The place of a mark, and what it may be moved by. */
export function markMask(mark: number): NdArray<Uint8Array> {
  const [rows, columns] = pictureSize;
  const [centreRow, centreColumn] = markPlaces[mark] as readonly [number, number];
  const data = Uint8Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return Number(Math.abs(row - centreRow) <= 4 && Math.abs(column - centreColumn) <= 4);
  });
  return { shape: [rows, columns], data };
}

/**
 * A network that tells the six marks: layers `conv1`, `conv2`, `conv3`, `features`, `marks`. Needs the kernels for training.
 */
export async function trainMarks(
  set: MarkedPictures,
  { seed, epochs = 8 }: { seed: number; epochs?: number },
): Promise<tfl.LayersModel> {
  const { conv2d, maxPooling2d, flatten, dense } = tfl.layers;
  const seeded = (layer: number) => ({
    kernelInitializer: tfl.initializers.heNormal({ seed: 1 + 10 * seed + layer }),
    activation: 'relu' as const,
  });
  const model = tfl.sequential({
    layers: [
      conv2d({
        name: 'conv1',
        inputShape: [...pictureSize, 1],
        filters: 12,
        kernelSize: 5,
        padding: 'same',
        ...seeded(0),
      }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ name: 'conv2', filters: 16, kernelSize: 3, padding: 'same', ...seeded(1) }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ name: 'conv3', filters: 24, kernelSize: 3, padding: 'same', ...seeded(2) }),
      flatten(),
      dense({ name: 'features', units: 32, ...seeded(3) }),
      dense({ name: 'marks', units: 6, ...seeded(4), activation: 'sigmoid' }),
    ],
  });
  await train(model, trainingSet(set), {
    loss: 'binaryCrossentropy',
    rates: Array.from({ length: epochs }, () => 2e-3),
    batchSize: 100,
    seed,
  });
  return model;
}

function trainingSet({ images, labels }: MarkedPictures) {
  const count = images.shape[0] as number;
  const size = images.data.length / count;
  return {
    count,
    batch(rows: readonly number[]): { inputs: Tensor[]; labels: Tensor } {
      const data = new Float32Array(rows.length * size);
      const truth = new Float32Array(rows.length * 6);
      rows.forEach((row, i) => {
        data.set(images.data.subarray(row * size, (row + 1) * size), i * size);
        truth.set(labels.data.subarray(row * 6, (row + 1) * 6), i * 6);
      });
      return {
        inputs: [tf.tensor(data, [rows.length, ...images.shape.slice(1)])],
        labels: tf.tensor(truth, [rows.length, 6]),
      };
    },
  };
}
