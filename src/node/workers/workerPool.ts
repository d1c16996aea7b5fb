import { setMaxListeners } from 'node:events';
import { Piscina } from 'piscina';
import { VitrineError } from '../../numeric/errors.ts';
import type { Answer, Told, WorkerData } from './shardTask.ts';

// Death may be an accident of the machine once or twice; a shard that kills every worker has a fault of its own.
const attempts = 3;

/** Worker threads that answer one task at a time each. */
export interface WorkerPool {
  /** The answer of the first worker that is free; a task whose worker died is given to another one. */
  run<Result>(name: string, task: object, subject: string): Promise<Result>;
  /** Ends all workers, whatever they are at. */
  close(): Promise<void>;
}

/** What a pool is made of. */
export interface WorkerPoolOptions {
  readonly file: string;
  readonly workers: number;
  readonly execArgv?: readonly string[] | undefined;
  readonly workerData: WorkerData;
  readonly signal?: AbortSignal | undefined;
}

/** Starts worker threads. */
export function workerPool({ file, workers, execArgv, workerData, signal }: WorkerPoolOptions): WorkerPool {
  const closing = new AbortController();
  const ending = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  // Each waiting task listens.
  setMaxListeners(0, ending);
  const pool = new Piscina({
    filename: file,
    minThreads: workers,
    maxThreads: workers,
    workerData,
    // Workers that sleep in Atomics.wait would not go on with what their data set prefetches.
    atomics: 'disabled',
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  // A thread that fails before it has a task: none of the others would fare better.
  pool.on('error', (cause) => {
    closing.abort(new VitrineError('failed', `a worker cannot start: ${(cause as Error).message}`, { cause }));
  });
  const attempt = async <Result>(name: string, task: object): Promise<Answer<Result> | { death: Error }> => {
    ending.throwIfAborted();
    try {
      return (await pool.run(task, { name, signal: ending })) as Answer<Result>;
    } catch (error) {
      ending.throwIfAborted();
      return { death: error as Error };
    }
  };
  return {
    async run<Result>(name: string, task: object, subject: string): Promise<Result> {
      for (let count = 1; ; count++) {
        const outcome = await attempt<Result>(name, task);
        if ('result' in outcome) return outcome.result;
        if ('error' in outcome) throw errorOf(outcome.error, subject);
        if (count === attempts) {
          const message = `${subject}: its worker died ${count} times, the last time with: ${outcome.death.message}`;
          throw new VitrineError('failed', message, { cause: outcome.death });
        }
      }
    },
    async close() {
      closing.abort(new VitrineError('failed', 'the workers are closed'));
      await pool.destroy();
    },
  };
}

/** The error that a worker told of, with its own stack as the cause. */
function errorOf({ code, message, stack }: Told, subject: string): VitrineError {
  return new VitrineError(code, `${subject}: ${message}`, { cause: stack });
}
