import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inTurn } from '../../../backend/inTurn.ts';
import { resizeBilinear } from '../../../backend/kernels/resizeBilinear.ts';
import type { PixelWindow } from '../../../image/crop.ts';
import type { Site } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { RunOptions } from '../../../network/types.ts';
import { chunksOf } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { assertFiniteArray, assertInteger } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { joined, type NdArray } from '../../../numeric/ndarray.ts';
import type { ImageDataset } from '../../../readings/imageSource.ts';
import { singleImages } from './singleImages.ts';

/** A part of an image. */
export interface Crop {
  /** The place of the image in the data set, from 0. */
  readonly image: number;
  readonly box: PixelWindow;
}

/** Crops, and how active the units of a layer are in each. */
export interface CropRows {
  readonly crops: readonly Crop[];
  /** The number of images. */
  readonly images: number;
  /** The mean activation of each unit, `[crops × units]`. */
  readonly values: Float64Array;
}

/** How images are cut. */
export interface CropPlan extends RunOptions {
  readonly site: Site;
  /** The side of a crop in pixels. */
  readonly patch?: number;
  /** How far it is to the next one. */
  readonly stride?: number;
}

/** Cuts crops out of images, brings each to the size of the image, and reads the mean activations of a layer. */
export async function cropRows(network: Network, source: ImageDataset, plan: CropPlan): Promise<CropRows> {
  const crops: Crop[] = [];
  const values: Float64Array[] = [];
  let images = 0;
  for await (const image of singleImages(network, source)) {
    const boxes = boxesOf(image.shape, plan);
    crops.push(...boxes.map((box) => ({ image: images, box })));
    values.push(await meansOf(network, image, { ...plan, boxes, number: images }));
    images++;
    plan.onProgress?.({ stage: 'crops', done: images, total: Number.POSITIVE_INFINITY });
  }
  if (images === 0) throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
  return { crops, images, values: joined(values) };
}

/** The mean activations of the units in crops of one image, `[crops × units]`. */
async function meansOf(
  network: Network,
  image: NdArray,
  plan: CropPlan & { readonly boxes: readonly PixelWindow[]; readonly number: number },
): Promise<Float64Array> {
  const { site, boxes, number, batchSize, signal } = plan;
  const found: Float64Array[] = [];
  await inTurn(
    chunksOf({ total: boxes.length, ...(batchSize !== undefined && { batchSize }) }),
    ({ start, end }) => {
      const rows = cut(rowsOf(image, 0, 1) as Tensor4D, boxes.slice(start, end));
      const value = byPosition(network.forward([rows], { taps: [site] }).value(site));
      return { means: tf.mean(value, 1), least: tf.min(value, 1) };
    },
    ({ means, least }) => {
      assertNonNegative(least, site, number);
      // A NaN may be no minimum.
      assertFiniteArray(`image ${number}: ${site.address}`, means);
      found.push(Float64Array.from(means.data));
    },
    signal,
  );
  return joined(found);
}

/** Refuses the least activations of units `[…, units]` where one is negative or not finite. */
export function assertNonNegative(least: NdArray, { address }: Site, image: number): void {
  assertFiniteArray(`image ${image}: ${address}`, least);
  const found = least.data.find((value) => value < 0);
  if (found === undefined) return;
  throw new VitrineError(
    'bad-argument',
    `"layer" expected one without negative activations, as behind a ReLU, got "${address}" with ${found} in image ${image}`,
  );
}

/** Windows next to each other from the top left, as many as fit. */
function boxesOf([, rows, columns]: readonly number[], { patch, stride }: CropPlan): readonly PixelWindow[] {
  const shorter = Math.min(rows as number, columns as number);
  const side = patch ?? Math.max(1, Math.round((2 * shorter) / 7));
  assertInteger('patch', side, [1, shorter]);
  const step = stride ?? Math.max(1, Math.floor(0.8 * side));
  const starts = (length: number): readonly number[] =>
    Array.from({ length: Math.floor((length - side) / step) + 1 }, (_, i) => i * step);
  return starts(rows as number).flatMap((top) =>
    starts(columns as number).map((left) => ({ top, left, height: side, width: side })),
  );
}

function cut(image: Tensor4D, boxes: readonly PixelWindow[]): Tensor4D {
  const [, rows, columns, channels] = image.shape;
  const parts = boxes.map(({ top, left, height, width }) =>
    tf.slice(image, [0, top, left, 0], [1, height, width, channels]),
  );
  return resizeBilinear(tf.concat(parts, 0), [rows, columns], { alignCorners: false, halfPixelCenters: true });
}

/** `[n, positions, units]` of what a layer gives. */
export function byPosition(value: Tensor): Tensor {
  return tf.reshape(value, [value.shape[0] as number, -1, value.shape.at(-1) as number]);
}
