import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachImageBatch, type ReadingPlan } from '../../readings/imageBatches.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';

/** The greatest response in an image, and all of them. */
export interface Peak {
  /** The place of the image in the data set, from 0. */
  readonly image: number;
  readonly activation: number;
  readonly position: readonly [row: number, column: number];
  readonly map: NdArray;
}

/** What responses are looked at in a layer. */
interface Responses {
  readonly site: Site;
  /** Directions among the units, `[directions, units]`, in place of the units. */
  readonly direction?: NdArray | undefined;
  /** The units, or the directions. */
  readonly channels: readonly number[];
}

/** What {@link readPeaks} is told besides what is read. */
export interface PeakPlan extends ReadingPlan {
  readonly layers: readonly Responses[];
  /** How many images are kept of each channel. */
  readonly count: number;
}

/** For each layer and channel the images of the greatest responses, the greatest first, in one reading of all. */
export async function readPeaks(
  network: Network,
  images: ImageDataset,
  { layers, count, ...run }: PeakPlan,
): Promise<readonly (readonly (readonly Peak[])[])[]> {
  const best = layers.map(({ channels }) => channels.map((): Peak[] => []));
  let seen = 0;
  await forEachImageBatch(network, images, run, {
    job: (rows) => {
      const record = network.forward(rows, { taps: layers.map(({ site }) => site) });
      return Object.fromEntries(
        layers.map(({ site, direction }, i) => {
          const value = record.value(site);
          return [`${i}`, direction ? projected(value, direction) : tf.clone(value)];
        }),
      );
    },
    consume: (part) => {
      layers.forEach(({ channels }, i) => {
        const responses = part[`${i}`] as NdArray;
        channels.forEach((channel, place) => {
          insertRows(best[i]?.[place] as Peak[], { responses, channel, seen, count });
        });
      });
      seen += part['0']?.shape[0] as number;
    },
  });
  return best;
}

/** How far each position lies in each direction, `[n, h, w, d]`. */
function projected(value: Tensor, { shape, data }: NdArray): Tensor {
  const directions = tf.tensor2d(data, shape as [number, number]);
  const flat = tf.reshape(value, [-1, shape[1] as number]);
  return tf.reshape(tf.matMul(flat as tf.Tensor2D, directions, false, true), [...value.shape.slice(0, 3), -1]);
}

interface Channel {
  readonly responses: NdArray;
  readonly channel: number;
  /** The images before this batch. */
  readonly seen: number;
  readonly count: number;
}

/** Puts the peaks of a batch in their places among those of the greatest activations, behind their equals. */
function insertRows(peaks: Peak[], { responses, channel, seen, count }: Channel): void {
  const [images, , width] = responses.shape as [number, number, number];
  for (let row = 0; row < images; row++) {
    const { activation, place } = greatest(responses, row, channel);
    const before = peaks.findIndex((other) => other.activation < activation);
    if (before < 0 && peaks.length >= count) continue;
    peaks.splice(before < 0 ? peaks.length : before, 0, {
      image: seen + row,
      activation,
      position: [Math.floor(place / width), place % width],
      map: mapOf(responses, row, channel),
    });
    if (peaks.length > count) peaks.pop();
  }
}

/** The greatest response of a channel in one image of a batch, the first of equals. */
function greatest({ shape, data }: NdArray, row: number, channel: number): { activation: number; place: number } {
  const [, height, width, channels] = shape as [number, number, number, number];
  const start = row * height * width;
  let place = 0;
  for (let other = 1; other < height * width; other++) {
    const isGreater =
      (data[(start + other) * channels + channel] as number) > (data[(start + place) * channels + channel] as number);
    if (isGreater) place = other;
  }
  return { activation: data[(start + place) * channels + channel] as number, place };
}

function mapOf({ shape, data }: NdArray, row: number, channel: number): NdArray {
  const [, height, width, channels] = shape as [number, number, number, number];
  const start = row * height * width * channels + channel;
  return {
    shape: [height, width],
    data: Float32Array.from({ length: height * width }, (_, place) => data[start + place * channels] as number),
  };
}
