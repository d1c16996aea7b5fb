import type { Accumulator } from '../../numeric/accumulator.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Upsampling } from '../../readings/placement.ts';
import type { LabelPalette } from '../counting/labelPalette.ts';
import { paletteTally, type Tally } from '../counting/tallyAccumulator.ts';
import { type ThresholdState, thresholdAccumulator } from '../counting/thresholdAccumulator.ts';
import { type HistogramBin, type HistogramState, thresholdHistogram } from '../counting/thresholdHistogram.ts';
import { axesOf } from '../masks/axes.ts';
import { upsampled } from '../masks/upsampled.ts';
import type { DissectionOptions } from '../options.ts';

/** What is gathered in one reading of all images, as plain data. */
export type Stage =
  /** The largest values of each unit, of so many images or fewer. */
  | { readonly kind: 'tail'; readonly imageCount: number }
  /** How many values of each unit lie where; in its second reading only those of the bin of the threshold. */
  | { readonly kind: 'histogram'; readonly within?: readonly (readonly HistogramBin[])[] }
  /** The pixels that masks share with concepts. */
  | { readonly kind: 'tally'; readonly thresholds: readonly Float64Array[] };

export type StageKind = Stage['kind'];
export type StageOf<K extends StageKind> = Extract<Stage, { kind: K }>;

interface StageStates {
  tail: ThresholdState;
  histogram: HistogramState;
  tally: Tally;
}

/** What a stage finds of each layer. */
export interface StageResults {
  tail: Float64Array;
  histogram: readonly HistogramBin[];
  tally: Tally;
}

/** A layer of an image. */
interface StageItem {
  /** `[h, w, units]`. */
  readonly activations: NdArray;
  /** The labels of the image, made when they are asked for and once for all layers. */
  readonly labels: () => LabelPalette;
}

/** The accumulator of a stage for one layer, together with its state. */
export interface RunningStage<K extends StageKind> {
  readonly state: StageStates[K];
  add(item: StageItem): void;
  /** Adds what another one has seen, of which these are the bytes. */
  merge(bytes: Uint8Array): void;
  extract(): StageResults[K];
  encode(): Uint8Array;
}

/** A layer whose accumulator shall be started. */
interface Layer {
  readonly number: number;
  /** The shape of its activations, `[h, w, units]`. */
  readonly shape: readonly number[];
  /** The rows and columns of labels. */
  readonly pixels: readonly [number, number];
  readonly upsampling: Upsampling;
}

type Start<K extends StageKind> = (stage: StageOf<K>, layer: Layer, options: DissectionOptions) => RunningStage<K>;

const starts: { readonly [K in StageKind]: Start<K> } = {
  tail: startTail,
  histogram: startHistogram,
  tally: startTally,
};

/** The accumulator of a stage for one layer, which has seen nothing. */
export function startStage<K extends StageKind>(
  stage: StageOf<K>,
  layer: Layer,
  options: DissectionOptions,
): RunningStage<K> {
  return (starts[stage.kind] as unknown as Start<K>)(stage, layer, options);
}

/** How progress calls a stage. */
export function stageName(stage: Stage): string {
  if (stage.kind === 'tally') return 'tally';
  return stage.kind === 'tail' || stage.within ? 'thresholds' : 'histograms';
}

/** Whether a stage is the first to see the images. */
export function isFirstStage(stage: Stage): boolean {
  return stage.kind === 'tail' || (stage.kind === 'histogram' && !stage.within);
}

function startTail(
  { imageCount }: StageOf<'tail'>,
  { shape, pixels, upsampling }: Layer,
  { quantile = 0.005, quantileOn = 'raw' }: DissectionOptions,
): RunningStage<'tail'> {
  const [height, width, units] = shape as [number, number, number];
  const raw = quantileOn === 'raw';
  const positions = raw ? height * width : pixels[0] * pixels[1];
  const accumulator = thresholdAccumulator({
    units,
    positions: imageCount * positions,
    quantile,
    precision: raw ? 'float32' : 'float64',
  });
  const axes = axesOf(upsampling, [height, width], pixels);
  return running(accumulator, ({ activations }) => (raw ? activations : upsampled(activations, axes)));
}

function startHistogram(
  { within }: StageOf<'histogram'>,
  { number, shape }: Layer,
  { quantile = 0.005 }: DissectionOptions,
): RunningStage<'histogram'> {
  const accumulator = thresholdHistogram({
    units: shape[2] as number,
    quantile,
    ...(within && { within: within[number] as readonly HistogramBin[] }),
  });
  return running(accumulator, ({ activations }) => activations);
}

function startTally(
  { thresholds }: StageOf<'tally'>,
  { number, upsampling }: Layer,
  { concepts, categories }: DissectionOptions,
): RunningStage<'tally'> {
  const accumulator = paletteTally({
    thresholds: thresholds[number] as Float64Array,
    concepts,
    ...(categories && { categories }),
    upsampling,
  });
  return running(accumulator, ({ activations, labels }) => ({ activations, palette: labels() }));
}

/** Starts an accumulator from nothing. */
function running<K extends StageKind, Item>(
  accumulator: Accumulator<StageStates[K], Item, StageResults[K]>,
  itemOf: (item: StageItem) => Item,
): RunningStage<K> {
  const state = accumulator.create();
  return {
    state,
    add: (item) => accumulator.add(state, itemOf(item)),
    merge: (bytes) => accumulator.merge(state, accumulator.decode(bytes)),
    extract: () => accumulator.extract(state),
    encode: () => accumulator.encode(state),
  };
}
