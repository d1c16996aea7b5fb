import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { input, layers as l, model } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { apply } from '../oracle/building.ts';

/** The side of the pictures. */
export const side = 12;

/** How many templates the first layer detects. */
export const templateCount = 24;

/** The side of a template, which is repeated over a picture. */
const period = 4;

/** Random patterns with mean 0 and norm 1. */
const templates = Array.from({ length: templateCount }, (_, number) => {
  const source = random(11, number);
  const values = Array.from({ length: period * period }, () => source.normal());
  const mean = sumOf(values) / values.length;
  const norm = Math.sqrt(sumOf(values.map((value) => (value - mean) ** 2)));
  return values.map((value) => (value - mean) / norm);
});

function template(number: number, row: number, column: number): number {
  return templates[number]?.[(row % period) * period + (column % period)] as number;
}

/** Pictures `[n, 12, 12, 1]` of 0 to 1: a template about a brightness, and noise. */
export function patterned(
  numbers: readonly number[],
  {
    brightness = 0.5,
    contrast = 0.8,
    noise = 0.1,
    seed = 0,
  }: { brightness?: number; contrast?: number; noise?: number; seed?: number } = {},
): NdArray {
  const data = numbers.flatMap((number, i) => {
    const source = random(seed, i);
    const phase = source.integer(period);
    return Array.from({ length: side * side }, (_, place) => {
      const value = template(number, Math.floor(place / side) + phase, (place % side) + phase);
      return brightness + contrast * value + noise * (source.uniform() - 0.5);
    });
  });
  return { shape: [numbers.length, side, side, 1], data: Float32Array.from(data) };
}

/** Pictures of noise alone. */
export function noises(count: number, seed = 9): NdArray {
  const source = random(seed);
  return {
    shape: [count, side, side, 1],
    data: Float32Array.from({ length: count * side * side }, () => source.uniform()),
  };
}

/**
 * A fooling circuit of six units (Geirhos et al. 2024, Fig. 3). Unit 0 of `head`, A, is F (template 0) on pictures whose mean
 * brightness is from 0.4 to 0.6, as in natural ones, and D (template 4), three times as great, elsewhere; E says which, and
 * B and C let one of both through. Unit 1 is F, honest.
 */
export function foolingCircuit(): LayersModel {
  const x = input({ shape: [side, side, 1] });
  const detectors = apply(
    l.conv2d({ filters: templateCount, kernelSize: period, activation: 'relu', name: 'detectors' }),
    x,
  );
  const features = apply(l.globalAveragePooling2d({ name: 'features' }), detectors);
  const mean = apply(l.globalAveragePooling2d({ name: 'mean' }), x);
  const outside = apply(l.dense({ units: 2, activation: 'relu', name: 'outside' }), mean);
  const natural = apply(l.dense({ units: 1, activation: 'relu', name: 'natural' }), outside);
  const all = apply(l.concatenate({ name: 'all' }), [features, natural]);
  const gates = apply(l.dense({ units: 3, activation: 'relu', name: 'gates' }), all);
  const made = model({ inputs: x, outputs: apply(l.dense({ units: 2, name: 'head' }), gates) });
  for (const [name, weights] of Object.entries(circuitWeights)) setWeights(made, name, weights);
  return made;
}

/** How far a gate is shut. */
const shut = 100;

const circuitWeights: Readonly<Record<string, readonly [kernel: readonly number[], bias: readonly number[]]>> = {
  detectors: [detectorKernel(), new Array<number>(templateCount).fill(-0.5)],
  // m − 0.6 and 0.4 − m.
  outside: [
    [1, -1],
    [-0.6, 0.4],
  ],
  // E is 1 within the range, and 0 a little outside of it.
  natural: [[-50, -50], [1]],
  // B = ReLU(F − shut (1 − E)), C = ReLU(3 D − shut E), F.
  gates: [gateKernel(), [-shut, 0, 0]],
  // A = B + C.
  head: [
    [1, 0, 1, 0, 0, 1],
    [0, 0],
  ],
};

function detectorKernel(): readonly number[] {
  return Array.from({ length: period * period * templateCount }, (_, i) => {
    const place = Math.floor(i / templateCount);
    return template(i % templateCount, Math.floor(place / period), place % period);
  });
}

function gateKernel(): readonly number[] {
  const rows = Array.from({ length: templateCount }, (_, unit) =>
    unit === 0 ? [1, 0, 1] : unit === 4 ? [0, 3, 0] : [0, 0, 0],
  );
  return [...rows, [shut, -shut, 0]].flat();
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function setWeights(made: LayersModel, name: string, values: readonly (readonly number[])[]): void {
  const layer = made.getLayer(name);
  const tensors = layer.weights.map(({ shape }, i) =>
    tf.tensor([...(values[i] as readonly number[])], shape as number[]),
  );
  layer.setWeights(tensors);
  tf.dispose(tensors);
}
