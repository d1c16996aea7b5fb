import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Readings } from '../../readings/labelledReadings.ts';
import { conceptIndex } from '../counting/conceptIndex.ts';
import type { DissectionOptions } from '../options.ts';
import { dissectionFrom } from '../results/dissectionFrom.ts';
import type { Dissection } from '../types.ts';
import { gather } from './gather.ts';
import type { StageKind, StageOf, StageResults } from './stage.ts';

/** Runs a stage over all images, wherever they are read, and gives what it found of each layer. */
export type RunStage = <K extends StageKind>(stage: StageOf<K>) => Promise<readonly StageResults[K][]>;

/** Dissects the layers of readings. */
export function dissectReadings(
  readings: Readings,
  options: DissectionOptions & Pick<RunOptions, 'signal'>,
): Promise<readonly Dissection[]> {
  const run: RunStage = async (stage) => {
    const layers = await gather(readings, stage, options);
    return layers.map(({ running }) => running.extract());
  };
  return inStages(run, readings.imageCount, options);
}

/** Dissects layers in stages: one or two readings for the thresholds, and one for the counts. */
export async function inStages(
  run: RunStage,
  imageCount: number,
  options: DissectionOptions & Pick<RunOptions, 'signal'>,
): Promise<readonly Dissection[]> {
  const { concepts, categories, threshold = 0.04, quantileOn = 'raw', memory = 'tail' } = options;
  const index = conceptIndex(concepts, categories);
  if (memory === 'histogram' && quantileOn === 'upsampled') {
    throw new VitrineError('bad-argument', '"memory" expected "tail" with quantileOn "upsampled"');
  }
  const thresholds = await (memory === 'histogram' ? refined(run) : run<'tail'>({ kind: 'tail', imageCount }));
  if (thresholds.length === 0)
    throw new VitrineError('bad-argument', '"dataset" expected at least one image, got none');
  const tallies = await run<'tally'>({ kind: 'tally', thresholds });
  const dissections: Dissection[] = [];
  for (const [i, tally] of tallies.entries()) {
    const work = dissectionFrom({ index, tally, thresholds: thresholds[i] as Float64Array, threshold });
    dissections.push(await inSlices(work, options));
  }
  return dissections;
}

/** The thresholds in two readings, of which the second counts what falls into the bins that the first one found. */
async function refined(run: RunStage): Promise<readonly Float64Array[]> {
  const within = await run<'histogram'>({ kind: 'histogram' });
  if (within.length === 0) return [];
  const found = await run<'histogram'>({ kind: 'histogram', within });
  return found.map((bins) => Float64Array.from(bins, ({ threshold }) => threshold));
}
