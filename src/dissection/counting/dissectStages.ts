import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertChoice, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { DissectionOptions } from '../dissectOptions.ts';
import type { Dissection } from '../types.ts';
import { assertQuantile } from './assertQuantile.ts';
import { conceptIndex } from './conceptIndex.ts';
import { dissectionOf } from './dissectionOf.ts';
import type { StageKind, StageOf, StageResults } from './stages.ts';

/** Runs a stage over all images, wherever they are read, and gives what it found of each layer. */
export type RunStage = <K extends StageKind>(stage: StageOf<K>) => Promise<readonly StageResults[K][]>;

/** Dissects layers in stages: one or two readings for the thresholds, and one for the counts. */
export async function dissectStages(
  run: RunStage,
  images: number,
  options: DissectionOptions & Pick<RunOptions, 'signal'>,
): Promise<readonly Dissection[]> {
  const {
    concepts,
    categories,
    threshold: cutoff = 0.04,
    quantile = 0.005,
    quantileOn = 'raw',
    memory = 'tail',
  } = options;
  const index = conceptIndex(concepts, categories);
  assertNumber('threshold', cutoff, 0);
  assertQuantile(quantile);
  assertChoice('quantileOn', quantileOn, ['raw', 'upsampled']);
  assertChoice('memory', memory, ['tail', 'histogram']);
  if (memory === 'histogram' && quantileOn === 'upsampled') {
    throw new VitrineError('bad-argument', '"memory" expected "tail" with quantileOn "upsampled"');
  }
  const thresholds = await (memory === 'histogram' ? refined(run) : run<'tail'>({ kind: 'tail', images }));
  if (thresholds.length === 0)
    throw new VitrineError('bad-argument', '"dataset" expected at least one image, got none');
  const tallies = await run<'tally'>({ kind: 'tally', thresholds });
  const dissections: Dissection[] = [];
  for (const [i, tally] of tallies.entries()) {
    const work = dissectionOf({ index, tally, thresholds: thresholds[i] as Float64Array, cutoff });
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
