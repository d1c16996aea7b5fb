import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OutputHead, Site } from '../../network/graph/graph.ts';
import { classesIn, classLogits, sided } from '../../network/heads/classLogits.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import { concatenated } from '../../network/walk/batches.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { type Random, random } from '../../numeric/random.ts';
import { forEachInputBatch } from '../../readings/imageBatches.ts';

/**
 * By which share activations are changed up and down. Two runs tell of all classes at once, where gradients take one each;
 * it is exact where the network is linear in between.
 */
const STEP = 0.02;

/** What is read for an atlas. */
interface SamplePlan extends RunOptions {
  readonly site: Site;
  readonly seed: number;
}

/** The activations at one position of a layer in each image of a data set. */
export interface SampledActivations {
  /** `[images, units]` */
  readonly activations: NdArray;
  /** Row and column, `[images, 2]`; none of a dense layer. */
  readonly positions: NdArray<Int32Array> | undefined;
  /** What they do to the logits, h · ∂ logit / ∂h, `[images, classes]`; none of outputs without classes. */
  readonly attributions: NdArray | undefined;
}

/** Reads a random position of each image, none at the edge of a layer that is larger than 2 × 2. */
export async function sampledActivations(
  network: Network,
  inputs: AsyncIterable<readonly NdArray[]>,
  { site, seed, ...run }: SamplePlan,
): Promise<SampledActivations> {
  const head = network.heads.find((one) => classesIn(one) !== undefined);
  const parts: Record<string, NdArray>[] = [];
  const places: (readonly number[])[] = [];
  const draw = (rows: number, shape: readonly number[]): readonly (readonly number[])[] => {
    const drawn = Array.from({ length: rows }, (_, row) => placeIn(shape, random(seed, places.length + row)));
    places.push(...drawn);
    return drawn;
  };
  await forEachInputBatch<string>(
    inputs,
    { ...run, stage: 'activations' },
    {
      job: (rows) => sampled(network, rows, { site, head, draw }),
      consume: (part) => {
        parts.push(part);
      },
    },
  );
  return gathered(parts, places);
}

function gathered(
  parts: readonly Record<string, NdArray>[],
  places: readonly (readonly number[])[],
): SampledActivations {
  const all = (name: string): NdArray | undefined => {
    const found = parts.flatMap((part) => part[name] ?? []);
    return found.length > 0 ? concatenated(found) : undefined;
  };
  const isSpatial = places[0]?.length === 2;
  return {
    activations: all('activations') ?? { shape: [0, 0], data: new Float32Array() },
    positions: isSpatial ? { shape: [places.length, 2], data: Int32Array.from(places.flat()) } : undefined,
    attributions: all('attributions'),
  };
}

interface Sampling {
  readonly site: Site;
  readonly head: OutputHead | undefined;
  readonly draw: (rows: number, shape: readonly number[]) => readonly (readonly number[])[];
}

function sampled(network: Network, rows: readonly Tensor[], { site, head, draw }: Sampling): Record<string, Tensor> {
  const values = network.forward(rows, { taps: [site] }).value(site);
  const { shape } = values;
  const mask = maskOf(draw(shape[0] as number, shape), shape);
  const activations = tf.sum(perPlace(tf.mul(values, mask)), 1);
  if (!head) return { activations };
  const logits = (share: number): Tensor => {
    const from = new Map([[site, tf.mul(values, tf.add(tf.mul(mask, share), 1))]]);
    return sided(classLogits(network.forward(rows, { taps: [head.logits], from }).value(head.logits), head), head.link);
  };
  return { activations, attributions: tf.div(tf.sub(logits(STEP), logits(-STEP)), 2 * STEP) };
}

function perPlace(values: Tensor): Tensor3D {
  const { shape } = values;
  return tf.reshape(values, [shape[0] as number, -1, shape.at(-1) as number]);
}

/** Row and column, where a layer has them. */
function placeIn(shape: readonly number[], { integer }: Random): readonly number[] {
  return shape.slice(1, -1).map((length) => (length > 2 ? 1 + integer(length - 2) : integer(length)));
}

/** 1 at the place of each row, 0 elsewhere, `[n, h, w, 1]`; of a dense layer 1. */
function maskOf(places: readonly (readonly number[])[], shape: readonly number[]): Tensor {
  const lengths = [...shape.slice(1, -1)];
  const size = lengths.reduce((product, length) => product * length, 1);
  const data = new Float32Array(places.length * size);
  places.forEach((place, row) => {
    const at = place.reduce((number, index, axis) => number * (lengths[axis] as number) + index, 0);
    data[row * size + at] = 1;
  });
  return tf.tensor(data, [places.length, ...lengths, 1]);
}
