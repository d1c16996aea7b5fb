import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertInteger, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Readings } from '../counting/readings.ts';
import type { Concept, Dissection } from '../types.ts';
import { type Candidate, countedImages } from './candidates.ts';
import { resampled } from './resampled.ts';
import type { BootstrapIou, UnitInterval } from './types.ts';

/** How intervals are found, wherever activations come from. */
export interface IntervalOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /** What was found in these images. */
  readonly dissection: Dissection;
  /** How often images are drawn; 1000 by default. */
  readonly replicates?: number;
  /** The share of replicates within an interval; 0.95 by default. */
  readonly confidence?: number;
  /** How many concepts of each unit, those of the greatest IoU, may take the place of its own; 3 by default. */
  readonly labels?: number;
  /** Of the draws; 0 by default. */
  readonly seed?: number;
}

/** Intervals of what was found in the one layer of readings. */
export async function bootstrapReadings(readings: Readings, options: IntervalOptions): Promise<BootstrapIou> {
  const { dissection, replicates = 1000, confidence = 0.95, labels = 3, seed = 0, ...run } = options;
  assertInteger('replicates', replicates, [1, Number.MAX_SAFE_INTEGER]);
  assertInteger('labels', labels, [1, Number.MAX_SAFE_INTEGER]);
  assertNumber('confidence', confidence, 0);
  if (confidence >= 1)
    throw new VitrineError('bad-argument', `"confidence" expected a share below 1, got ${confidence}`);
  const counted = await countedImages(readings, dissection, labels);
  const ious = await inSlices(resampled(counted, { ...run, replicates, seed }), run);
  const isDetector = (unit: number, replicate: number): boolean =>
    ious[unit]?.some((own) => (own[replicate] as number) > dissection.cutoff) === true;
  const detectors = Float64Array.from(
    { length: replicates },
    (_, replicate) => ious.filter((_own, unit) => isDetector(unit, replicate)).length,
  );
  return {
    units: counted.candidates.map((own, unit) => ({
      unit,
      best: own[0] ? intervalOf(own[0], ious[unit] as readonly Float64Array[], { dissection, confidence }) : null,
      detector: shareOf(replicates, (replicate) => isDetector(unit, replicate)),
    })),
    detectors: { count: dissection.detectors, ...bounds(detectors, confidence) },
  };
}

function intervalOf(
  { unit, concept }: Candidate,
  ious: readonly Float64Array[],
  { dissection, confidence }: { dissection: Dissection; confidence: number },
): UnitInterval {
  const [own, ...others] = ious as readonly [Float64Array, ...Float64Array[]];
  const { name, category } = dissection.concepts[concept] as Concept;
  return {
    concept: name,
    category,
    iou: dissection.iou.data[unit * dissection.concepts.length + concept] as number,
    ...bounds(own, confidence),
    stability: shareOf(own.length, (replicate) =>
      others.every((other) => (other[replicate] as number) <= (own[replicate] as number)),
    ),
  };
}

/** The values that as many replicates lie below as above, and at most a share of 1 − confidence beyond both. */
function bounds(values: Float64Array, confidence: number): { low: number; high: number } {
  const sorted = values.slice().sort();
  const beyond = Math.floor(((1 - confidence) / 2) * (sorted.length - 1) + 1e-9);
  return { low: sorted[beyond] as number, high: sorted[sorted.length - 1 - beyond] as number };
}

function shareOf(count: number, holds: (replicate: number) => boolean): number {
  let sum = 0;
  for (let replicate = 0; replicate < count; replicate++) if (holds(replicate)) sum++;
  return sum / count;
}
