import { availableParallelism } from 'node:os';
import { extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { owned } from '../backend/owned.ts';
import type { ByteStore } from '../dissection/index.ts';
import { byteStore, type DissectOptions, dissectionChecks } from '../dissection/options.ts';
import { inStages, type RunStage } from '../dissection/shared.ts';
import type { Dissection } from '../dissection/types.ts';
import { runChecks } from '../network/runChecks.ts';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { anything, assertOptions, integer, kind, type OptionChecks, required } from '../numeric/options.ts';
import { layerReadingChecks } from '../readings/labelledReadings.ts';
import { pathOf } from './pathOf.ts';
import { readShards } from './workers/readShards.ts';
import { savedShards } from './workers/savedShards.ts';
import type { NetworkFacts, Shard } from './workers/shardTask.ts';
import { type WorkerPool, workerPool } from './workers/workerPool.ts';

/** What worker threads of {@link dissectInWorkers} work on. */
export interface WorkerSource {
  /**
   * The path or `file:` URL of a module that imports its backend and exports `model()`, which gives the model, and
   * `dataset(shard, of)`, which gives the images of part `shard`, from 0, of `of` parts.
   */
  readonly module: string | URL;
  /** How many threads; by default as many as the machine runs at a time. */
  readonly workers?: number;
  /** Into how many parts the data are divided; 16 by default. Results do not depend on it. */
  readonly shards?: number;
  /** Where the results of parts are kept; a run that was interrupted goes on with those that are there. */
  readonly store?: ByteStore;
  /** What Node is started with in the threads, such as an `--import` of what makes it read TypeScript. */
  readonly execArgv?: readonly string[];
}

/** Options of {@link dissectInWorkers}. */
export type WorkerDissectOptions<L extends string = string> = Omit<DissectOptions<L>, 'spill' | 'imageCount'>;

const sourceChecks: OptionChecks<WorkerSource> = {
  module: required(anything),
  workers: integer(1, 1024),
  shards: integer(1, 65536),
  store: byteStore,
  execArgv: kind('a list of texts', (value) => Array.isArray(value) && value.every((one) => typeof one === 'string')),
};

const checks: OptionChecks<WorkerDissectOptions> = {
  ...runChecks,
  ...dissectionChecks,
  layers: layerReadingChecks.layers,
  upsampling: layerReadingChecks.upsampling,
};

/**
 * Network Dissection in worker threads: what `dissect` gives, bit for bit, in less time.
 *
 * Each thread opens the model itself and reads the parts of the data that it is given. A part whose thread died is
 * read again by another thread, up to three times. With `store`, the parts that were finished need not be read again
 * after an interruption.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", Eq. (1).
 *
 * @param source `module`; `workers`, `shards`, `store`, `execArgv`.
 * @param options those of `dissect`, without `spill` and `imageCount`.
 * @returns per layer thresholds, counts, the IoU of each unit and concept, and what each unit stands for.
 * @throws as `dissect` does, with the part in the message; {VitrineError} if a part's thread died three times, or if
 * `store` holds the parts of another run; the signal's reason.
 * @example
 * ```ts
 * import { dissectInWorkers } from 'vitrine/node';
 * // A module in JavaScript needs no execArgv.
 * const source = { module: dissectedModule, workers: 2, shards: 4, execArgv: ['--import', readsTypeScript] };
 * const { conv3 } = await dissectInWorkers(source, { layers: ['conv3'], concepts });
 * console.log(conv3.detectors);
 * ```
 */
export async function dissectInWorkers<L extends string>(
  source: WorkerSource,
  options: WorkerDissectOptions<L>,
): Promise<Record<L, Dissection>> {
  if (typeof source !== 'object' || source === null)
    throw new VitrineError('bad-argument', `"source" expected {module, …}, got ${describe(source)}`);
  assertOptions(source, sourceChecks);
  assertOptions(options, checks);
  const address = addressOf(source.module);
  const [own] = await owned(options);
  const { workers = availableParallelism(), shards = 16, store } = source;
  const { signal, onProgress, onFault, ...plan } = own;
  signal?.throwIfAborted();
  const workerData = { module: address, options: plan, leavesOut: onFault !== undefined };
  const pool = workerPool({ file: workerFile(), workers, execArgv: source.execArgv, workerData, signal });
  try {
    const parts = Array.from({ length: shards }, (_, shard): Shard => ({ shard, of: shards }));
    const facts = await pool.run<NetworkFacts>('describe', {}, 'the model');
    const counts = await Promise.all(parts.map((part) => countOf(pool, part)));
    const imageCount = counts.reduce((sum, count) => sum + count, 0);
    const saved = store && savedShards(store, { ...workerData, module: undefined, ...facts, counts });
    const run: RunStage = readShards(parts, { pool, counts, saved, onFault, onProgress, plan, facts });
    const dissections = await inStages(run, imageCount, own);
    return Object.fromEntries(own.layers.map((layer, i) => [layer, dissections[i]])) as Record<L, Dissection>;
  } finally {
    await pool.close();
  }
}

function countOf(pool: WorkerPool, part: Shard): Promise<number> {
  return pool.run<number>('count', part, `part ${part.shard} of ${part.of}`);
}

function addressOf(module: string | URL): string {
  return pathToFileURL(resolve(pathOf(module, 'module'))).href;
}

/** The file that threads run, which lies beside this one, in TypeScript or built. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url);
  return resolve(here, `../workers/dissectWorker${extname(here)}`);
}
