import {
  deletion,
  example,
  insertion,
  modelRandomization,
  type NdArray,
  type Network,
  pointingGame,
  reduceChannels,
} from 'vitrine';
import type { MapArray } from 'vitrine/image';
import type { StudyMethod } from './methods.ts';

/** What methods are measured on: pictures, the class that is explained in each, and where it is, if that is known. */
export interface Sample {
  /** `[n, h, w, c]`. */
  readonly x: NdArray;
  readonly target: readonly number[];
  /** `[n, h, w]`. */
  readonly masks?: NdArray;
}

/** How a method is measured. */
export interface MeasureOptions {
  /** Pixels that go or come in a step of a curve. */
  readonly perStep: number;
  /** How far a maximum may lie from the object, in pixels. */
  readonly tolerance: number;
  /** How many of the examples are explained again by networks with shuffled weights. */
  readonly randomized: number;
}

/** A row of the study: means over the examples. */
export interface Measured {
  readonly name: string;
  /** The share of maxima that lie on the object. */
  readonly pointing?: number;
  readonly insertion: number;
  readonly deletion: number;
  /** The similarity to the map of a network whose weights are shuffled, after each layer from the output down. */
  readonly randomization?: readonly number[];
  readonly milliseconds: number;
  /** The maps, `[n, h, w]`. */
  readonly maps: NdArray;
}

/** Explains every example and asks each metric. */
export async function measured(
  network: Network,
  method: StudyMethod,
  sample: Sample,
  { perStep, tolerance, randomized }: MeasureOptions,
): Promise<Measured> {
  const { x, target, masks } = sample;
  const start = performance.now();
  const { values } = await method.explain(network, x, { target });
  const milliseconds = (performance.now() - start) / target.length;
  const maps = viewed(values, method);
  const curve = { attribution: maps, target, perStep };
  return {
    name: method.name,
    ...(masks && { pointing: mean(pointingGame(maps, masks, { tolerance }).score) }),
    insertion: mean((await insertion(network, x, curve)).score),
    deletion: mean((await deletion(network, x, { ...curve, baseline: 'mean' })).score),
    ...(randomized > 0 && { randomization: await similarities(network, method, sample, randomized) }),
    milliseconds,
    maps,
  };
}

/** One number per position. */
function viewed(values: MapArray, { view }: Pick<StudyMethod, 'view'>): NdArray {
  return values.shape.length === 4 ? reduceChannels(values, view) : { ...values, data: Float32Array.from(values.data) };
}

/** The mean over some examples, layer by layer. A map without any evidence is like no other. */
async function similarities(
  network: Network,
  method: StudyMethod,
  { x, target }: Sample,
  count: number,
): Promise<readonly number[]> {
  const some = target.slice(0, count);
  const { curve, layers } = await modelRandomization(network, firstOf(x, some.length), {
    explainer: (model, input, options) => method.explain(model, input, { ...options, target: some }),
    prepare: (map) => viewed(map, method),
    target: some,
  });
  return layers.map((_, layer) => mean(curve.data.filter((_value, i) => i % layers.length === layer).map(orZero)));
}

function firstOf(x: NdArray, count: number): NdArray {
  const examples = Array.from({ length: count }, (_, i) => example(x, i).data as Float32Array);
  const size = examples[0]?.length ?? 0;
  const data = new Float32Array(count * size);
  examples.forEach((values, i) => data.set(values, i * size));
  return { shape: [count, ...x.shape.slice(1)], data };
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** Over the examples for which a metric is defined: a map that is the same everywhere has no order. */
function mean(values: Float32Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
