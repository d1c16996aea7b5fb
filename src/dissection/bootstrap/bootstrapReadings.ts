import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import {
  abortSignal,
  callback,
  count,
  integer,
  kind,
  type OptionChecks,
  required,
  safeInteger,
} from '../../numeric/options.ts';
import type { Readings } from '../../readings/labelledReadings.ts';
import { assertDissection } from '../results/assertDissection.ts';
import type { Concept, Dissection } from '../types.ts';
import { type Candidate, countedImages } from './candidates.ts';
import { resampled } from './resampled.ts';
import type { BootstrapIou, UnitInterval } from './types.ts';

/** How intervals are found, wherever activations come from. */
export interface IntervalOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /** What was found in these images. */
  readonly dissection: Dissection;
  /** How often images are drawn; 1000 by default. */
  readonly samples?: number;
  /** The share of samples within an interval; 0.95 by default. */
  readonly confidence?: number;
  /** How many concepts of each unit, those of the greatest IoU, may take the place of its own; 3 by default. */
  readonly count?: number;
  /** Of the draws; 0 by default. */
  readonly seed?: number;
}

/** Checks of {@link IntervalOptions}. */
export const intervalChecks: OptionChecks<IntervalOptions> = {
  signal: abortSignal,
  onProgress: callback,
  dissection: required(assertDissection),
  samples: count(1),
  confidence: kind('a share below 1', (value) => typeof value === 'number' && value >= 0 && value < 1),
  count: integer(1),
  seed: safeInteger,
};

/** Intervals of what was found in the one layer of readings. */
export async function bootstrapReadings(readings: Readings, options: IntervalOptions): Promise<BootstrapIou> {
  const { dissection, samples = 1000, confidence = 0.95, count: most = 3, seed = 0, ...run } = options;
  const counted = await countedImages(readings, dissection, most);
  const ious = await inSlices(resampled(counted, { ...run, samples, seed }), run);
  const isDetector = (unit: number, sample: number): boolean =>
    ious[unit]?.some((own) => (own[sample] as number) > dissection.threshold) === true;
  const detectors = Float64Array.from(
    { length: samples },
    (_, sample) => ious.filter((_own, unit) => isDetector(unit, sample)).length,
  );
  return {
    units: counted.candidates.map((own, unit) => ({
      unit,
      best: own[0] ? intervalOf(own[0], ious[unit] as readonly Float64Array[], { dissection, confidence }) : null,
      detector: shareOf(samples, (sample) => isDetector(unit, sample)),
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
    stability: shareOf(own.length, (sample) =>
      others.every((other) => (other[sample] as number) <= (own[sample] as number)),
    ),
  };
}

/** The values that as many replicates lie below as above, and at most a share of 1 − confidence beyond both. */
function bounds(values: Float64Array, confidence: number): { low: number; high: number } {
  const sorted = values.slice().sort();
  const beyond = Math.floor(((1 - confidence) / 2) * (sorted.length - 1) + 1e-9);
  return { low: sorted[beyond] as number, high: sorted[sorted.length - 1 - beyond] as number };
}

function shareOf(samples: number, holds: (sample: number) => boolean): number {
  let sum = 0;
  for (let sample = 0; sample < samples; sample++) if (holds(sample)) sum++;
  return sum / samples;
}
