import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { Composite } from '../../network/walk/composite.ts';
import type { ForwardRecord } from '../../network/walk/record.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachImageBatch, type ReadingPlan } from '../../readings/imageBatches.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';
import { exampleRange } from '../../scoring/session.ts';

/** Where a channel is greatest in an image, and what it is at all places. */
export interface Peak {
  /** The place of the image in the data set, from 0. */
  readonly image: number;
  /** The relevance of all places together, where images are ranked by that. */
  readonly relevance?: number;
  readonly activation: number;
  readonly position: readonly [row: number, column: number];
  readonly map: NdArray;
}

/** What images are ranked by in place of activations: relevance, as a walk hands it back to the layers. */
export interface RelevanceWalk {
  /** What the walk starts from. */
  readonly taps: readonly Site[];
  readonly composite: Composite;
  /** What arrives at each site, by the image that each row is. */
  readonly relevance: (record: ForwardRecord, sites: readonly Site[], image: Int32Array) => readonly Tensor[];
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
  /** Ranks images by the sum of the relevance of all places, and puts the position where it is greatest. */
  readonly by?: RelevanceWalk | undefined;
}

/** For each layer and channel the images of the greatest responses, the greatest first, in one reading of all. */
export async function readPeaks(
  network: Network,
  images: ImageDataset,
  { layers, count, by, ...run }: PeakPlan,
): Promise<readonly (readonly (readonly Peak[])[])[]> {
  const best = layers.map(({ channels }) => channels.map((): Peak[] => []));
  let seen = 0;
  await forEachImageBatch(network, images, run, {
    job: (rows) => {
      const sites = layers.map(({ site }) => site);
      const record = network.forward(rows, {
        taps: [...sites, ...(by?.taps ?? [])],
        ...(by && { differentiate: { to: sites, composite: by.composite } }),
      });
      const activations = layers.map(({ site, direction }) =>
        direction ? projected(record.value(site), direction) : tf.clone(record.value(site)),
      );
      const image = exampleRange(seen, seen + (activations[0]?.shape[0] as number));
      const relevance = by?.relevance(record, sites, image) ?? [];
      return { ...numbered('activation', activations), ...numbered('relevance', relevance) };
    },
    consume: (part) => {
      layers.forEach(({ channels }, i) => {
        const [responses, relevance] = [part[`activation ${i}`] as NdArray, part[`relevance ${i}`]];
        channels.forEach((channel, place) => {
          insertRows(best[i]?.[place] as Peak[], { responses, relevance, channel, seen, count });
        });
      });
      seen += part['activation 0']?.shape[0] as number;
    },
  });
  return best;
}

function numbered(name: string, tensors: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name} ${i}`, tensor]));
}

/** How far each position lies in each direction, `[n, h, w, d]`. */
function projected(value: Tensor, { shape, data }: NdArray): Tensor {
  const directions = tf.tensor2d(data, shape as [number, number]);
  const flat = tf.reshape(value, [-1, shape[1] as number]);
  return tf.reshape(tf.matMul(flat as tf.Tensor2D, directions, false, true), [...value.shape.slice(0, 3), -1]);
}

interface Channel {
  readonly responses: NdArray;
  /** What images are ranked by, if not the responses. */
  readonly relevance: NdArray | undefined;
  readonly channel: number;
  /** The images before this batch. */
  readonly seen: number;
  readonly count: number;
}

/** Puts the peaks of a batch in their places among the greatest, behind their equals. */
function insertRows(peaks: Peak[], { responses, relevance, channel, seen, count }: Channel): void {
  const [images, , width] = responses.shape as [number, number, number];
  for (let row = 0; row < images; row++) {
    const place = greatestPlace(relevance ?? responses, row, channel);
    const peak = {
      image: seen + row,
      ...(relevance && { relevance: totalOf(relevance, row, channel) }),
      activation: valueAt(responses, { row, place, channel }),
      position: [Math.floor(place / width), place % width] as const,
    };
    const before = peaks.findIndex((other) => rankOf(other) < rankOf(peak));
    if (before < 0 && peaks.length >= count) continue;
    peaks.splice(before < 0 ? peaks.length : before, 0, { ...peak, map: mapOf(responses, row, channel) });
    if (peaks.length > count) peaks.pop();
  }
}

function rankOf({ relevance, activation }: Omit<Peak, 'map'>): number {
  return relevance ?? activation;
}

function totalOf(responses: NdArray, row: number, channel: number): number {
  const [, height, width] = responses.shape as [number, number, number];
  let sum = 0;
  for (let place = 0; place < height * width; place++) sum += valueAt(responses, { row, place, channel });
  return sum;
}

function valueAt(
  { shape, data }: NdArray,
  { row, place, channel }: { readonly row: number; readonly place: number; readonly channel: number },
): number {
  const [, height, width, channels] = shape as [number, number, number, number];
  return data[(row * height * width + place) * channels + channel] as number;
}

/** Where a channel is greatest in one image of a batch, the first of equals. */
function greatestPlace({ shape, data }: NdArray, row: number, channel: number): number {
  const [, height, width, channels] = shape as [number, number, number, number];
  const start = row * height * width;
  let place = 0;
  for (let other = 1; other < height * width; other++) {
    const isGreater =
      (data[(start + other) * channels + channel] as number) > (data[(start + place) * channels + channel] as number);
    if (isGreater) place = other;
  }
  return place;
}

function mapOf({ shape, data }: NdArray, row: number, channel: number): NdArray {
  const [, height, width, channels] = shape as [number, number, number, number];
  const start = row * height * width * channels + channel;
  return {
    shape: [height, width],
    data: Float32Array.from({ length: height * width }, (_, place) => data[start + place * channels] as number),
  };
}
