import type { Accumulator } from '../numeric/accumulator.ts';
import { assertArray, assertChoice, assertNumber } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { sameShape } from '../numeric/shape.ts';
import { assertFiniteActivations } from './assertFinite.ts';
import { assertQuantile } from './assertQuantile.ts';
import { type ConceptIndex, conceptIndex } from './conceptIndex.ts';
import { dissectionOf } from './dissectionOf.ts';
import type { Faults } from './faults.ts';
import { labelPalette } from './labelPalette.ts';
import { tallyAccumulator } from './tallyAccumulator.ts';
import { thresholdAccumulator } from './thresholdAccumulator.ts';
import type { Concept, Dissection, Labels } from './types.ts';
import { upsampled } from './upsampled.ts';
import { assertUpsampling, axesOf, type Upsampling } from './upsampling.ts';

/** How units are dissected, wherever their activations come from. */
export interface DissectionOptions {
  /** What the numbers of labels stand for. */
  readonly concepts: readonly Concept[];
  /** The categories in the order of the tables; by default in order of first appearance. */
  readonly categories?: readonly string[];
  /** The share of values above a unit's threshold, τ; 0.005 by default. */
  readonly quantile?: number;
  /** The IoU above which a unit is a detector; 0.04 by default. */
  readonly threshold?: number;
  /** Of which values the quantile is taken: of the activations (the default), or of these resized to the labels. */
  readonly quantileOn?: 'raw' | 'upsampled';
  /** Is told what is wrong with an image, which is then left out; without it, the call rejects. */
  readonly onFault?: (fault: Error) => void;
}

/** An image of a reading. */
export interface Sample extends Labels {
  /** The place in the data set, from 0. */
  readonly image: number;
  readonly name?: string | undefined;
  /** The activations of each layer, `[h, w, units]`. */
  readonly activations: readonly NdArray[];
}

/** What is read, and how often it can be read again: the same images in the same order each time. */
export interface Readings {
  /** How many images there are, or more. */
  readonly images: number;
  readonly faults: Faults;
  /** Where the positions of each layer lie in the image. */
  readonly upsampling: readonly Upsampling[];
  read(stage: string, visit: (sample: Sample) => void): Promise<void>;
}

/** Dissects layers in two readings: one for the thresholds, and one for the counts. */
export async function dissectReadings(readings: Readings, options: DissectionOptions): Promise<readonly Dissection[]> {
  const { concepts, categories, quantile = 0.005, threshold = 0.04, quantileOn = 'raw' } = options;
  const index = conceptIndex(concepts, categories);
  assertQuantile(quantile);
  assertNumber('threshold', threshold, 0);
  assertChoice('quantileOn', quantileOn, ['raw', 'upsampled']);
  readings.upsampling.forEach(assertUpsampling);
  const thresholds = await readThresholds(readings, { index, quantile, quantileOn });
  const tallies = thresholds.map((layer, i) => {
    const upsampling = readings.upsampling[i] as Upsampling;
    return started(tallyAccumulator({ thresholds: layer, concepts, categories: index.categories, upsampling }));
  });
  await readings.read('tally', ({ image, activations, planes, scalars = [] }) => {
    if (readings.faults.has(image)) return;
    tallies.forEach(({ accumulator, state }, i) =>
      accumulator.add(state, { planes, scalars, activations: activations[i] as NdArray }),
    );
  });
  return tallies.map(({ state }, i) =>
    dissectionOf({ index, tally: state, thresholds: thresholds[i] as Float64Array, cutoff: threshold }),
  );
}

interface Plan {
  readonly index: ConceptIndex;
  readonly quantile: number;
  readonly quantileOn: 'raw' | 'upsampled';
}

/** The thresholds of each layer. All that can be wrong with an image is found here, before anything is counted. */
async function readThresholds(
  readings: Readings,
  { index, quantile, quantileOn }: Plan,
): Promise<readonly Float64Array[]> {
  const { images, faults, upsampling } = readings;
  const values = ({ activations, planes }: Sample): readonly NdArray<Float32Array | Float64Array>[] => {
    if (quantileOn === 'raw') return activations;
    const pixels = planes.shape.slice(1) as unknown as readonly [number, number];
    return activations.map((layer, i) =>
      upsampled(layer, axesOf(upsampling[i] as Upsampling, layer.shape as unknown as [number, number], pixels)),
    );
  };
  let first: Sample | undefined;
  let layers: readonly Started<typeof thresholdAccumulator>[] = [];
  await readings.read('thresholds', (sample) => {
    try {
      assertSample(sample, first, index);
    } catch (error) {
      return faults.report(sample.image, sample.name, error);
    }
    const arrays = values(sample);
    if (!first) {
      first = sample;
      layers = arrays.map(({ shape: [height, width, units] }) => {
        const positions = images * (height as number) * (width as number);
        const precision = quantileOn === 'raw' ? 'float32' : 'float64';
        return started(thresholdAccumulator({ units: units as number, positions, quantile, precision }));
      });
    }
    arrays.forEach((array, i) => layers[i]?.accumulator.add(layers[i].state, array));
  });
  if (!first) throw new RangeError('"dataset" expected at least one image, got none');
  return layers.map(({ accumulator, state }) => accumulator.extract(state));
}

/** An accumulator and what it has seen. */
type Started<F extends (options: never) => unknown> =
  ReturnType<F> extends Accumulator<infer State, infer Item, infer Result>
    ? { readonly accumulator: Accumulator<State, Item, Result>; readonly state: State }
    : never;

function started<State, Item, Result>(
  accumulator: Accumulator<State, Item, Result>,
): { accumulator: Accumulator<State, Item, Result>; state: State } {
  return { accumulator, state: accumulator.create() };
}

function assertSample(sample: Sample, first: Sample | undefined, { places }: ConceptIndex): void {
  labelPalette(sample, places);
  if (first) assertShape('planes', sample.planes.shape.slice(1), first.planes.shape.slice(1));
  sample.activations.forEach((activations, i) => {
    assertArray('activations', activations, [3]);
    if (first) assertShape('activations', activations.shape, first.activations[i]?.shape ?? []);
    assertFiniteActivations(activations);
  });
}

function assertShape(argument: string, got: readonly number[], expected: readonly number[]): void {
  if (sameShape(got, expected)) return;
  throw new RangeError(`"${argument}" expected ${expected.join('×')} as in the first image, got ${got.join('×')}`);
}
