import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { fitPatterns } from '../../../src/attribution/index.ts';
import { dissect } from '../../../src/dissection/dissect.ts';
import type { Dissection } from '../../../src/dissection/types.ts';
import { fitExplanatoryGraph } from '../../../src/graph/fitExplanatoryGraph.ts';
import { inferPatterns } from '../../../src/graph/inferPatterns.ts';
import { syntheticPatterns } from '../../../src/graph/syntheticPatterns.ts';
import type { RunOptions } from '../../../src/network/types.ts';
import { type NdArray, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import type { LabelledImage } from '../../../src/readings/labels.ts';
import { chain, conv, randomized } from '../../oracle/building.ts';
import { concepts, randomLabelled } from '../labelled.ts';
import { type SavedModel, saved } from '../savedModel.ts';
import { textNetwork } from '../severalInputs.ts';

/** What is made once for all calls: they read it and change nothing. */
export interface Prepared {
  /** Pictures of 12 × 12 × 3: `conv`, `top`, the mean over the places, `head` with three classes. */
  readonly pictures: LayersModel;
  /** Eight words: `words`, `conv`, `head`. */
  readonly words: LayersModel;
  /** Pictures of 12 × 12 × 3 that are made of three numbers. */
  readonly generator: LayersModel;
  readonly files: SavedModel;
  readonly patterns: Awaited<ReturnType<typeof fitPatterns>>;
  readonly dissection: Dissection;
  readonly maps: ReturnType<typeof syntheticPatterns>['maps'];
  readonly graph: Awaited<ReturnType<typeof fitExplanatoryGraph>>;
  /** A graph of `pictures`. */
  readonly pictureGraph: Awaited<ReturnType<typeof fitExplanatoryGraph>>;
  readonly inference: Awaited<ReturnType<typeof inferPatterns>>;
  dispose(): void;
}

/** What one call is made of. All arrays and tensors are made anew for it. */
export interface Given extends Prepared {
  /** To be spread into the options of what can be stopped and watched. */
  readonly run: RunOptions;
  /** Random numbers, as an array. */
  array(shape: readonly number[], seed?: number): NdArray;
  /** The same where tensors are taken too: the caller of the call chooses. */
  input(shape: readonly number[], seed?: number): NdArray | Tensor;
  /** A data set of such inputs, whose items lose their numbers when the next one is asked for. */
  dataset<S>(items: readonly S[]): () => AsyncGenerator<S>;
  /** The same of arrays alone. */
  arrays<S>(items: readonly S[]): () => AsyncGenerator<S>;
}

/** How a call is made. */
export interface CallOptions {
  readonly run?: RunOptions;
  /** `'array'` (default), or `'tensor'` wherever a function takes both. */
  readonly as?: 'array' | 'tensor';
}

/** The networks, files and fitted things that calls need; the caller disposes. */
export async function prepare(): Promise<Prepared> {
  const pictures = randomized(
    chain(
      [12, 12, 3],
      conv({ name: 'conv', filters: 4, padding: 'same', activation: 'relu' }),
      conv({ name: 'top', filters: 5, padding: 'same', activation: 'relu' }),
      l.globalAveragePooling2d({}),
      l.dense({ name: 'head', units: 3, activation: 'softmax' }),
    ),
    14,
  );
  const words = textNetwork();
  const generator = randomized(
    chain([3], l.dense({ units: 432, activation: 'sigmoid' }), l.reshape({ targetShape: [12, 12, 3] })),
    15,
  );
  const { maps } = syntheticPatterns({ seed: 3, imageCount: 6 });
  const graph = await fitExplanatoryGraph(maps, graphOptions);
  return {
    pictures,
    words,
    generator,
    maps,
    graph,
    pictureGraph: await fitExplanatoryGraph(pictures, [randomArray([8, 12, 12, 3], 5)], {
      layers: ['top'],
      patternsPerFilter: 2,
      iterations: 2,
    }),
    files: await saved(pictures),
    patterns: await fitPatterns(pictures, [randomArray([6, 12, 12, 3], 3)]),
    inference: await inferPatterns(graph, maps),
    dissection: (await dissect(pictures, labelledImages(), { layers: ['top'], concepts, quantile: 0.1 })).top,
    dispose: () => [pictures, words, generator].forEach((model) => void model.dispose()),
  };
}

/** Of the graph that is prepared. */
export const graphOptions: { layers: string[]; patternsPerFilter: number; iterations: number } = {
  layers: ['lower', 'upper'],
  patternsPerFilter: 3,
  iterations: 3,
};

/** Pictures with random labels. */
export function labelledImages(): readonly LabelledImage[] {
  const shapes = { images: 10, positions: [12, 12], pixels: [12, 12], units: 3 } as const;
  return randomLabelled(shapes, 2).map(({ activations: image, ...labels }) => ({ ...labels, image }));
}

/** What a single call is made of. */
export function givenFor(prepared: Prepared, { run = {}, as = 'array' }: CallOptions = {}): Given {
  const { pictures, words, generator, patterns, ...plain } = prepared;
  return {
    ...(structuredClone({ ...plain, dispose: undefined, files: undefined, patterns }) as unknown as Prepared),
    files: { json: structuredClone(prepared.files.json), files: structuredClone(prepared.files.files) },
    dispose: prepared.dispose,
    pictures,
    words,
    generator,
    run,
    array: randomArray,
    dataset: (items) => () => vanishing(items, as === 'array' ? (array) => array : tensorOf),
    arrays: (items) => () => vanishing(items, (array) => array),
    input: (shape, seed) => (as === 'array' ? randomArray(shape, seed) : tensorOf(randomArray(shape, seed))),
  };
}

/** What one reading of a data set gives: copies that are overwritten as soon as the next item is asked for. */
async function* vanishing<S>(items: readonly S[], make: (array: NdArray) => unknown): AsyncGenerator<S> {
  for (const item of items) {
    const copy = copied(item, make);
    yield copy as S;
    overwrite(copy);
  }
}

function copied(value: unknown, make: (array: NdArray) => unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as Float32Array).slice();
  if (Array.isArray(value)) return value.map((item) => copied(item, make));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copied(part, make)]));
  return copy['data'] instanceof Float32Array ? make(copy as unknown as NdArray) : copy;
}

function overwrite(value: unknown): void {
  if (typeof value === 'object' && value !== null && 'dataId' in value) (value as Tensor).dispose();
  else if (ArrayBuffer.isView(value)) (value as Float32Array).fill(7);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(overwrite);
}

function tensorOf({ shape, data }: NdArray): Tensor {
  return tf.tensor(data, [...shape]);
}

function randomArray(shape: readonly number[], seed = 0): NdArray {
  const { normal } = random(seed, 77);
  return { shape: [...shape], data: Float32Array.from({ length: sizeOf(shape) }, normal) };
}
