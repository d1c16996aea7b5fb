import type { Accumulator } from '../numeric/accumulator.ts';
import { assertArray, assertChoice, assertNumber } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { sameShape } from '../numeric/shape.ts';
import { assertFiniteActivations } from './assertActivations.ts';
import { assertQuantile } from './assertQuantile.ts';
import { type ConceptIndex, conceptIndex } from './conceptIndex.ts';
import { dissectionOf } from './dissectionOf.ts';
import type { Faults } from './faults.ts';
import { labelPalette } from './labelPalette.ts';
import { tallyAccumulator } from './tallyAccumulator.ts';
import { thresholdAccumulator } from './thresholdAccumulator.ts';
import { type Bin, thresholdHistogram } from './thresholdHistogram.ts';
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
  /**
   * What is kept for the quantile: the largest values of each unit, which are more the more images there are (the
   * default), or a histogram of 65536 counts for each unit, which takes one more reading. The thresholds are the same.
   */
  readonly memory?: 'tail' | 'histogram';
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

/** Dissects layers in readings: one or two for the thresholds, and one for the counts. */
export async function dissectReadings(readings: Readings, options: DissectionOptions): Promise<readonly Dissection[]> {
  const { concepts, categories, threshold = 0.04 } = options;
  const index = conceptIndex(concepts, categories);
  assertNumber('threshold', threshold, 0);
  readings.upsampling.forEach(assertUpsampling);
  const thresholds = await readThresholds(readings, index, options);
  const tallies = await readLayers(readings, 'tally', {
    itemsOf: ({ activations, planes, scalars = [] }) =>
      activations.map((layer) => ({ activations: layer, planes, scalars })),
    accumulatorOf: (_, layer) =>
      tallyAccumulator({
        thresholds: thresholds[layer] as Float64Array,
        concepts,
        categories: index.categories,
        upsampling: readings.upsampling[layer] as Upsampling,
      }),
  });
  return tallies.map((tally, i) =>
    dissectionOf({ index, tally, thresholds: thresholds[i] as Float64Array, cutoff: threshold }),
  );
}

/** The thresholds of each layer. All that can be wrong with an image is found here, before anything is counted. */
async function readThresholds(
  readings: Readings,
  index: ConceptIndex,
  { quantile = 0.005, quantileOn = 'raw', memory = 'tail' }: DissectionOptions,
): Promise<readonly Float64Array[]> {
  assertQuantile(quantile);
  assertChoice('quantileOn', quantileOn, ['raw', 'upsampled']);
  assertChoice('memory', memory, ['tail', 'histogram']);
  if (memory === 'histogram') {
    if (quantileOn === 'upsampled') throw new RangeError('"memory" expected "tail" with quantileOn "upsampled"');
    return readHistograms(readings, index, quantile);
  }
  return readLayers(readings, 'thresholds', {
    check: checkOf(index),
    itemsOf: quantileOn === 'raw' ? ({ activations }) => activations : resizedOf(readings),
    accumulatorOf: ({ shape: [height, width, units] }) =>
      thresholdAccumulator({
        units: units as number,
        positions: readings.images * (height as number) * (width as number),
        quantile,
        precision: quantileOn === 'raw' ? 'float32' : 'float64',
      }),
  });
}

/** The thresholds in two readings, of which the second counts what falls into the bins that the first one found. */
async function readHistograms(
  readings: Readings,
  index: ConceptIndex,
  quantile: number,
): Promise<readonly Float64Array[]> {
  const read = (stage: string, check?: (sample: Sample) => void, within?: readonly (readonly Bin[])[]) =>
    readLayers(readings, stage, {
      ...(check && { check }),
      itemsOf: ({ activations }) => activations,
      accumulatorOf: ({ shape: [, , units] }, layer) =>
        thresholdHistogram({
          units: units as number,
          quantile,
          ...(within && { within: within[layer] as readonly Bin[] }),
        }),
    });
  const within = await read('histograms', checkOf(index));
  const found = await read('thresholds', undefined, within);
  return found.map((bins) => Float64Array.from(bins, ({ threshold }) => threshold));
}

/** What is read into accumulators. */
interface LayerReading<State, Item, Result> {
  /** Throws if something is wrong with an image. */
  readonly check?: (sample: Sample) => void;
  /** What is added of each layer. */
  readonly itemsOf: (sample: Sample) => readonly Item[];
  /** The accumulator of a layer, by the first thing that is added. */
  readonly accumulatorOf: (item: Item, layer: number) => Accumulator<State, Item, Result>;
}

/** Adds all images, one accumulator for each layer, and gives their results. */
async function readLayers<State, Item, Result>(
  { faults, read }: Readings,
  stage: string,
  { check, itemsOf, accumulatorOf }: LayerReading<State, Item, Result>,
): Promise<readonly Result[]> {
  let layers: readonly { accumulator: Accumulator<State, Item, Result>; state: State }[] | undefined;
  await read(stage, (sample) => {
    if (faults.has(sample.image)) return;
    try {
      check?.(sample);
    } catch (error) {
      return faults.report(sample.image, sample.name, error);
    }
    const items = itemsOf(sample);
    layers ??= items.map((item, layer) => {
      const accumulator = accumulatorOf(item, layer);
      return { accumulator, state: accumulator.create() };
    });
    for (const [layer, { accumulator, state }] of layers.entries()) accumulator.add(state, items[layer] as Item);
  });
  if (!layers) throw new RangeError('"dataset" expected at least one image, got none');
  return layers.map(({ accumulator, state }) => accumulator.extract(state));
}

/** The activations of each layer at all pixels of the labels. */
function resizedOf({ upsampling }: Readings): (sample: Sample) => readonly NdArray<Float32Array | Float64Array>[] {
  return ({ activations, planes }) => {
    const pixels = planes.shape.slice(1) as unknown as readonly [number, number];
    return activations.map((layer, i) =>
      upsampled(layer, axesOf(upsampling[i] as Upsampling, layer.shape as unknown as [number, number], pixels)),
    );
  };
}

/** Checks that an image is like the first one, that its labels are known and its activations finite. */
function checkOf(index: ConceptIndex): (sample: Sample) => void {
  let first: Sample | undefined;
  return (sample) => {
    assertSample(sample, first, index);
    first ??= sample;
  };
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
