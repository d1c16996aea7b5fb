import type { Concept } from '../../src/dissection/types.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';
import { filling } from './dissection.ts';

/** An image at all pixels, for plain loops. */
export interface DenseImage {
  /** The resized binary map of each unit, `[units][pixels]`. */
  readonly maps: readonly (readonly number[])[];
  /** Whether each pixel has the concept. */
  readonly inside: readonly boolean[];
}

/** An image with a concept, all units binarised and resized, positions filling the image. */
export function denseImage(
  { activations, planes, scalars = [] }: LabelledActivations,
  thresholds: ArrayLike<number>,
  { number }: Pick<Concept, 'number'>,
): DenseImage {
  const [rows, columns, units] = activations.shape as [number, number, number];
  const [count, height, width] = planes.shape as [number, number, number];
  const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
  const on = (row: number, column: number, unit: number): number => {
    const value = activations.data[(row * columns + column) * units + unit] as number;
    return value > (thresholds[unit] as number) ? 1 : 0;
  };
  const clamp = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);
  return {
    maps: Array.from({ length: units }, (_, unit) =>
      pixels.map((pixel) => {
        const y = clamp(filling(Math.floor(pixel / width), rows, height), rows);
        const x = clamp(filling(pixel % width, columns, width), columns);
        let sum = 0;
        // The hat functions of all positions.
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            const share = Math.max(0, 1 - Math.abs(y - row)) * Math.max(0, 1 - Math.abs(x - column));
            sum += share * on(row, column, unit);
          }
        }
        return sum;
      }),
    ),
    inside: pixels.map(
      (pixel) =>
        scalars.includes(number) ||
        Array.from({ length: count }, (_, plane) => planes.data[plane * height * width + pixel]).includes(number),
    ),
  };
}

/** The loss of weights, as it is written down. */
export function plainLoss(images: readonly DenseImage[], weights: ArrayLike<number>): number {
  const share = (inside: readonly boolean[]): number => inside.filter(Boolean).length / inside.length;
  const alpha = 1 - images.reduce((sum, { inside }) => sum + share(inside), 0) / images.length;
  const [own, other] = alpha === 0 ? [1, 1] : [alpha, 1 - alpha];
  let sum = 0;
  for (const { maps, inside } of images) {
    inside.forEach((has, pixel) => {
      const mask = 1 / (1 + Math.exp(-weightedSum(maps, weights, pixel)));
      const label = has ? 1 : 0;
      sum += own * mask * label + other * (1 - mask) * (1 - label);
    });
  }
  return -sum / images.length;
}

/** The IoU of what a rule lights, over all images together. */
export function plainIou(images: readonly DenseImage[], isLit: (image: DenseImage, pixel: number) => boolean): number {
  let [both, either] = [0, 0];
  for (const image of images) {
    image.inside.forEach((has, pixel) => {
      const lit = isLit(image, pixel);
      if (has && lit) both++;
      if (has || lit) either++;
    });
  }
  return both / either;
}

/** The weighted sum of resized maps at a pixel. */
export function weightedSum(maps: readonly (readonly number[])[], weights: ArrayLike<number>, pixel: number): number {
  return maps.reduce((sum, map, unit) => sum + (weights[unit] as number) * (map[pixel] as number), 0);
}
