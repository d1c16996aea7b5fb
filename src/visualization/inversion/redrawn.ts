import type { PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import { concatenated } from '../../network/walk/batches.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import type { Objective } from '../objectives/objective.ts';
import { fourier } from '../parameterizations/fourier/fourier.ts';
import type { VisualizeOptions } from '../types.ts';
import { visualizeOn } from '../visualize.ts';
import { beside } from './beside.ts';
import type { PictureOptions } from './pictureChecks.ts';

/** Pictures that were drawn of others. */
interface Redrawn {
  /** `[n, h, w, c]` of 0 to 1. */
  readonly images: NdArray;
  /** The objective before each step, `[n, steps]`. */
  readonly curve: NdArray;
}

/** How pictures are drawn of others. */
export type RedrawOptions = PixelScale & PictureOptions & { readonly steps: number; readonly fromOriginal?: true };

/**
 * Draws a picture of each original, one after the other, so that none depends on what others are given.
 *
 * @param originals `[n, h, w, c]` of 0 to 1.
 * @param objective of two pictures, the original and the new one, of which the second is optimised.
 */
export async function redrawn(
  network: Network,
  originals: NdArray,
  objective: Objective,
  { parameterization = fourier(), onProgress, fromOriginal, ...options }: RedrawOptions,
): Promise<Redrawn> {
  const count = originals.shape[0] as number;
  const size = originals.shape.slice(1, 3) as [number, number];
  const found: { image: NdArray; curve: NdArray }[] = [];
  for (let example = 0; example < count; example++) {
    const original = { shape: [1, ...originals.shape.slice(1)], data: clipped(rowOf(originals, example)) };
    const { images, curve } = await visualizeOn(network, [objective], {
      ...options,
      ...(fromOriginal && { start: original }),
      ...(onProgress && {
        onProgress: ({ stage, done, total }) =>
          onProgress({ stage, done: example * total + done, total: count * total }),
      }),
      size,
      count: 2,
      parameterization: beside(original, parameterization),
    } as VisualizeOptions);
    found.push({ image: lastPicture(images), curve: secondColumn(curve) });
  }
  return {
    images: concatenated(found.map(({ image }) => image)),
    curve: concatenated(found.map(({ curve }) => curve)),
  };
}

/** What a scale makes of numbers that are no colours lies beyond black and white. */
function clipped(pictures: Float32Array): Float32Array {
  return pictures.map((value) => Math.min(Math.max(value, 0), 1));
}

/** The second of two pictures `[1, 2, h, w, c]`. */
function lastPicture({ shape, data }: NdArray): NdArray {
  return { shape: [1, ...shape.slice(2)], data: data.slice(data.length / 2) };
}

/** The second of two scores of each step `[steps, 2]`, in one row. */
function secondColumn({ shape, data }: NdArray): NdArray {
  return { shape: [1, shape[0] as number], data: data.filter((_, i) => i % 2 === 1) };
}
