import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { descendingOrder } from '../../numeric/correlation.ts';
import { VitrineError } from '../../numeric/errors.ts';
import {
  abortSignal,
  callback,
  count,
  integer,
  listOf,
  number,
  type OptionChecks,
  safeInteger,
} from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { minimizeArrays } from '../../optimization/minimize.ts';
import { sgd } from '../../optimization/sgd.ts';
import type { Readings } from '../../readings/labelledReadings.ts';
import { properShare, unitThresholds } from '../counting/checks.ts';
import { type ConceptIndex, conceptIndex } from '../counting/conceptIndex.ts';
import { type DissectionOptions, dissectionChecks } from '../options.ts';
import { ratioOf } from '../results/iou.ts';
import { gather } from '../stages/gather.ts';
import type { Concept } from '../types.ts';
import { balanceOf, type Segmentation, segmentationLoss } from './segmentationLoss.ts';
import { chosenPlaces, type Part, type Parts, sparseSamples } from './sparseSamples.ts';
import type { BestUnit, ConceptEmbedding, Net2Vec, UnitWeights } from './types.ts';
import { weightedIou } from './weightedIou.ts';

/** How concepts are embedded, wherever activations come from. */
export interface EmbeddingOptions
  extends Pick<DissectionOptions, 'concepts' | 'quantile' | 'onFault'>,
    Pick<RunOptions, 'signal' | 'onProgress'> {
  /** The numbers of the concepts that are looked for; all by default. */
  readonly chosen?: readonly number[];
  /** The activation above which each unit is on, `[units]`, as a dissection has it; found with one more reading by default. */
  readonly thresholds?: Float64Array;
  /** The share of images that is held out to validate with; 0.3 by default. */
  readonly validation?: number;
  /** Of the division of the images; 0 by default. */
  readonly seed?: number;
  /** How many images of a concept its weights are learnt from at most, the first ones; all by default. */
  readonly limit?: number;
  /** Numbers of units to which weights are restricted as well; none by default. */
  readonly unitCounts?: readonly number[];
  /** How many steps weights are learnt in; 60 by default. More bring the loss down, and in the end weights that only fit the images. */
  readonly steps?: number;
  /** How far the weight of the steepest unit goes in the first step; 0.1 by default. */
  readonly learningRate?: number;
  /** λ of a penalty λ/2 · |w|² that is added to the loss; 0 by default. */
  readonly penalty?: number;
}

/** Checks of {@link EmbeddingOptions}; concepts and units are looked at together with the data. */
export const embeddingChecks: OptionChecks<EmbeddingOptions> = {
  concepts: dissectionChecks.concepts,
  quantile: dissectionChecks.quantile,
  onFault: callback,
  signal: abortSignal,
  onProgress: callback,
  chosen: listOf(integer(1)),
  thresholds: unitThresholds,
  validation: properShare,
  seed: safeInteger,
  limit: integer(1),
  unitCounts: listOf(integer(1)),
  steps: count(1),
  learningRate: number(Number.MIN_VALUE),
  penalty: number(0),
};

/** Embeds concepts among the units of the one layer of readings. */
export async function embedConcepts(
  readings: Readings,
  options: EmbeddingOptions,
): Promise<Omit<Net2Vec, 'directions'>> {
  const { validation = 0.3, seed = 0, limit = Number.POSITIVE_INFINITY, unitCounts = [] } = options;
  const { steps = 60, learningRate = 0.1, penalty = 0, signal, onProgress } = options;
  const index = conceptIndex(options.concepts);
  const chosen = chosenPlaces(index, options.chosen);
  const thresholds = options.thresholds ?? (await thresholdsOf(readings, options));
  for (const units of unitCounts) assertInteger('unitCounts', units, [1, thresholds.length]);
  const parts = await sparseSamples(readings, { index, thresholds, chosen, validation, seed, limit });
  const [found, missing] = divided([...chosen], (place) =>
    [parts.training, parts.validation].every((part) => (part.counts[place] as number) > 0),
  );
  if (found.length === 0) {
    throw new VitrineError(
      'bad-argument',
      '"dataset" expected images of a concept on both sides of the division, got none of any',
    );
  }
  const concepts: ConceptEmbedding[] = [];
  for (const place of found) {
    const fitting = { steps, learningRate, penalty };
    concepts.push(await inSlices(embedded({ place, index, parts }, fitting, unitCounts), { signal }));
    onProgress?.({ stage: 'weights', done: concepts.length, total: found.length });
  }
  return {
    thresholds,
    concepts,
    embeddings: {
      shape: [concepts.length, thresholds.length],
      data: Float64Array.from(concepts.flatMap(({ multiple }) => [...multiple.weights])),
    },
    improved: concepts.filter(({ single, multiple }) => multiple.iou > single.iou).length / concepts.length,
    skipped: missing.map((place) => (index.concepts[place] as Concept).name),
  };
}

async function thresholdsOf(readings: Readings, options: EmbeddingOptions): Promise<Float64Array> {
  const { concepts, quantile } = options;
  const dissection = { concepts, ...(quantile !== undefined && { quantile }) };
  const [layer] = await gather(readings, { kind: 'tail', imageCount: readings.imageCount }, dissection);
  if (!layer) throw new VitrineError('bad-argument', '"dataset" expected at least one image, got none');
  return layer.running.extract();
}

function* embedded(
  { place, index, parts }: { place: number; index: ConceptIndex; parts: Parts },
  fitting: Fitting,
  unitCounts: readonly number[],
): Sliced<ConceptEmbedding> {
  const problemOf = ({ samples }: Part): Segmentation => ({
    samples: samples.filter(({ runs }) => runs.has(place)),
    concept: place,
    units: parts.units,
    axes: parts.axes,
  });
  const [training, validation] = [problemOf(parts.training), problemOf(parts.validation)];
  const weighted = function* (among?: readonly number[]): Sliced<UnitWeights> {
    const weights = yield* fittedWeights(training, { ...fitting, ...(among && { among: new Set(among) }) });
    const trainingIou = yield* weightedIou(training, weights);
    const iou = yield* weightedIou(validation, weights);
    return { count: among?.length ?? parts.units, weights, trainingIou, iou };
  };
  const multiple = yield* weighted();
  const order = [...descendingOrder(multiple.weights.map(Math.abs))];
  const restricted: UnitWeights[] = [];
  for (const units of unitCounts) restricted.push(yield* weighted(order.slice(0, units)));
  const { name, category } = index.concepts[place] as Concept;
  return {
    concept: name,
    category,
    images: { training: training.samples.length, validation: validation.samples.length },
    single: bestUnit(place, parts),
    multiple,
    restricted,
  };
}

/** The unit of the greatest IoU over the images to learn from, the first of equals. */
function bestUnit(place: number, { training, validation, units }: Parts): BestUnit {
  const ious = Array.from({ length: units }, (_, unit) => iouIn(training, place, unit));
  const unit = ious.indexOf(Math.max(...ious));
  return { unit, trainingIou: ious[unit] as number, iou: iouIn(validation, place, unit) };
}

function iouIn({ tally: { intersection, area, truth } }: Part, place: number, unit: number): number {
  const cell = unit * truth.length + place;
  return ratioOf({
    intersection: intersection[cell] as number,
    area: area[cell] as number,
    truth: truth[place] as number,
  });
}

function divided<T>(items: readonly T[], belongs: (item: T) => boolean): [yes: T[], no: T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

/** How weights are found. */
interface Fitting {
  readonly steps: number;
  readonly learningRate: number;
  /** λ of a penalty λ/2 · |w|². */
  readonly penalty: number;
  /** The units that may have a weight; all by default. */
  readonly among?: ReadonlySet<number>;
}

/**
 * The weights of units whose mask is most like a concept, by descent along the whole gradient from 0, with momentum.
 *
 * The loss is a sum over pixels: the gradient is divided by its largest part at 0, so that steps do not depend on their
 * number. All units have the same rate, so that those which come and go with nothing stay small where few steps are
 * taken; steps of a size of their own for each unit would raise them like the others. A unit that is never on stays at 0.
 */
function* fittedWeights(problem: Segmentation, { steps, learningRate, penalty, among }: Fitting): Sliced<Float64Array> {
  const balance = balanceOf(problem);
  const weights = new Float64Array(problem.units);
  let largest = 0;
  yield* minimizeArrays({
    parameters: [weights],
    steps,
    optimizer: sgd({ learningRate, momentum: 0.9 }),
    *gradients(step) {
      const { gradient } = yield* segmentationLoss(problem, balance, weights);
      if (among) keepOnly(gradient, among);
      if (step === 0) largest = gradient.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
      if (largest === 0) return undefined;
      return [gradient.map((slope, unit) => (slope + penalty * (weights[unit] as number)) / largest)];
    },
  });
  return weights;
}

function keepOnly(gradient: Float64Array, among: ReadonlySet<number>): void {
  for (let unit = 0; unit < gradient.length; unit++) if (!among.has(unit)) gradient[unit] = 0;
}
