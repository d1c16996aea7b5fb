import type { DissectionOptions } from '../../dissection/options.ts';
import {
  type RunningStage,
  type RunStage,
  type StageKind,
  type StageOf,
  stageName,
  startStage,
} from '../../dissection/shared.ts';
import type { RunOptions } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import type { Upsampling } from '../../readings/placement.ts';
import type { SavedShards } from './savedShards.ts';
import type { NetworkFacts, Shard, ShardResult } from './shardTask.ts';
import type { WorkerPool } from './workerPool.ts';

/** What shards are read with. */
export interface ShardReading {
  readonly pool: WorkerPool;
  /** The number of images in each shard. */
  readonly counts: readonly number[];
  readonly saved: SavedShards | undefined;
  readonly onFault: DissectionOptions['onFault'];
  readonly onProgress: RunOptions['onProgress'];
  readonly plan: DissectionOptions;
  readonly facts: NetworkFacts;
}

/** Runs stages in shards, whose results are merged. */
export function readShards(
  shards: readonly Shard[],
  { pool, counts, saved, onFault, onProgress, plan, facts }: ShardReading,
): RunStage {
  const leftOut = shards.map((): readonly number[] => []);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return async (stage) => {
    let done = 0;
    const read = async ({ shard, of }: Shard): Promise<ShardResult> => {
      const imageCount = counts[shard] as number;
      if (imageCount === 0) return { layers: [], messages: [], leftOut: [] };
      const name = `${fileName(stage)}-${shard}`;
      const known = await saved?.get(name);
      const task = { shard, of, stage, imageCount, leftOut: leftOut[shard] };
      const result = known ?? (await pool.run<ShardResult>('read', task, subjectOf(shard, of)));
      if (!known) await saved?.set(name, result);
      leftOut[shard] = result.leftOut;
      for (const message of result.messages)
        onFault?.(new VitrineError('bad-argument', `${subjectOf(shard, of)}: ${message}`));
      done += imageCount;
      onProgress?.({ stage: stageName(stage), done, total });
      return result;
    };
    const results = await Promise.all(shards.map(read));
    return merged(stage, results, { plan, facts }).map((running) => running.extract());
  };
}

/** One accumulator for each layer, with all that shards have seen. */
function merged<K extends StageKind>(
  stage: StageOf<K>,
  results: readonly ShardResult[],
  { plan, facts }: Pick<ShardReading, 'plan' | 'facts'>,
): readonly RunningStage<K>[] {
  const first = results.find(({ layers }) => layers.length > 0);
  const all = first?.layers.map(({ shape, pixels }, number) =>
    startStage(stage, { number, shape, pixels, upsampling: facts.upsampling[number] as Upsampling }, plan),
  );
  results.forEach(({ layers }, shard) => {
    layers.forEach(({ shape, pixels, bytes }, number) => {
      const expected = first?.layers[number] as ShardResult['layers'][number];
      assertAlike('activations', shape, expected.shape, subjectOf(shard, results.length));
      assertAlike('planes', pixels, expected.pixels, subjectOf(shard, results.length));
      all?.[number]?.merge(bytes);
    });
  });
  return all ?? [];
}

function assertAlike(name: string, got: readonly number[], expected: readonly number[], subject: string): void {
  if (sameShape(got, expected)) return;
  throw new VitrineError(
    'bad-argument',
    `${subject}: "${name}" expected ${expected.join('×')} as in the parts before, got ${got.join('×')}`,
  );
}

function subjectOf(shard: number, of: number): string {
  return `part ${shard} of ${of}`;
}

function fileName(stage: StageOf<StageKind>): string {
  return stage.kind === 'histogram' && stage.within ? 'histogram-within' : stage.kind;
}
