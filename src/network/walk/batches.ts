import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inTurn } from '../../backend/inTurn.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { RunOptions } from '../types.ts';
import { type RowJoiner, rowJoiner } from './rowJoiner.ts';

/** Rows that run together: some of the samples of one group, an example for instance. */
export interface Chunk {
  readonly group: number;
  readonly start: number;
  readonly end: number;
}

/** What {@link forEachBatch} is told besides the options of the call. */
export interface BatchPlan extends RunOptions {
  readonly stage: string;
  /** The number of rows in a group, or in each where they differ. */
  readonly total: number | readonly number[];
  /** The number of groups; rows of different groups never run together. */
  readonly groups?: number;
}

/**
 * Runs a job on chunks of rows and hands over what it returns. A job is synchronous and runs in a `tf.tidy`; between
 * batches the results are read, the signal is checked and the event loop has its turn.
 *
 * @throws the signal's reason, once the batch in flight has been read and freed.
 */
export async function forEachBatch<K extends string>(
  plan: BatchPlan,
  job: (chunk: Chunk) => Record<K, Tensor>,
  consume: (part: Record<K, NdArray>, chunk: Chunk) => void,
): Promise<void> {
  const { stage, signal, onProgress } = plan;
  const total = groupSizes(plan).reduce((sum, size) => sum + size, 0);
  let done = 0;
  const counted = (part: Record<K, NdArray>, chunk: Chunk): void => {
    consume(part, chunk);
    done += chunk.end - chunk.start;
    onProgress?.({ stage, done, total });
  };
  await inTurn(chunksOf(plan), job, counted, signal);
}

/** The chunks of all groups, in order. */
export function chunksOf({ batchSize, ...plan }: Omit<BatchPlan, 'stage'>): readonly Chunk[] {
  const size = checkedBatchSize(batchSize);
  return groupSizes(plan).flatMap((total, group) =>
    Array.from({ length: Math.ceil(total / size) }, (_, i): Chunk => {
      const start = i * size;
      return { group, start, end: Math.min(start + size, total) };
    }),
  );
}

function groupSizes({ total, groups = 1 }: Pick<BatchPlan, 'total' | 'groups'>): readonly number[] {
  return typeof total === 'number' ? new Array<number>(groups).fill(total) : total;
}

/** Runs a job on rows `start…end` at a time and joins what it returns along the first axis. */
export async function mapBatches<K extends string>(
  plan: BatchPlan & { readonly total: number },
  job: (start: number, end: number) => Record<K, Tensor>,
): Promise<Record<K, NdArray>> {
  const joiners = {} as Record<K, RowJoiner>;
  await forEachBatch(
    plan,
    ({ start, end }) => job(start, end),
    (part, chunk) => {
      for (const name of Object.keys(part) as K[]) {
        joiners[name] ??= rowJoiner(plan.total);
        joiners[name].add(part[name], chunk);
      }
    },
  );
  return Object.fromEntries(
    Object.entries<RowJoiner>(joiners).map(([name, joiner]) => [name, joiner.joined()]),
  ) as Record<K, NdArray>;
}

/** Small batches cost less per image where memory traffic decides; a GPU wants work. */
export function checkedBatchSize(batchSize: number | undefined): number {
  const size = batchSize ?? (['wasm', 'cpu'].includes(tf.getBackend()) ? 1 : 8);
  assertInteger('batchSize', size, [1, Number.POSITIVE_INFINITY]);
  return size;
}

/** Joins arrays along their first axis. */
export function concatenated(arrays: readonly NdArray[]): NdArray {
  const data = new Float32Array(arrays.reduce((sum, array) => sum + array.data.length, 0));
  let offset = 0;
  for (const array of arrays) {
    data.set(array.data, offset);
    offset += array.data.length;
  }
  const rows = arrays.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  return { shape: [rows, ...(arrays[0]?.shape.slice(1) ?? [])], data };
}
