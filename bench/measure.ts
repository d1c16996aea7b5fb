import * as tf from '@tensorflow/tfjs-core';

/** Something to be timed. */
export interface Job {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** The job whose time is the unit of this one. */
  readonly per?: string;
  /** How many units it may cost. */
  readonly aim?: number;
}

/** What a job took, in the median over all rounds and at least, and the most that its tensors held. */
export interface Measurement {
  readonly job: Job;
  readonly milliseconds: number;
  /** Of the fastest round: what a busy machine adds is not in it. */
  readonly least: number;
  /** In units of the job it is compared with, in the same round. */
  readonly ratio: number | undefined;
  /** Of the least of both. */
  readonly leastRatio: number | undefined;
  readonly peakMegabytes: number;
}

/** Runs all jobs in turn, round after round, so that what disturbs the machine disturbs both sides of a ratio. */
export async function measure(jobs: readonly Job[], rounds: number): Promise<readonly Measurement[]> {
  for (const job of jobs) await job.run();
  const times = new Map(jobs.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of jobs) {
      const start = performance.now();
      await run();
      times.get(name)?.push(performance.now() - start);
    }
  }
  const found: Measurement[] = [];
  for (const job of jobs) {
    const own = times.get(job.name) ?? [];
    const unit = job.per === undefined ? undefined : times.get(job.per);
    found.push({
      job,
      milliseconds: median(own),
      least: Math.min(...own),
      leastRatio: unit && Math.min(...own) / Math.min(...unit),
      ratio: unit && median(own.map((time, round) => time / (unit[round] as number))),
      peakMegabytes: (await peakBytes(job.run)) / 2 ** 20,
    });
  }
  return found;
}

/**
 * The most bytes that tensors hold while a job runs, besides those there were before: the weights, and what compiled
 * networks keep. `tf.profile` keeps a record of each kernel, too many for long jobs.
 */
async function peakBytes(run: () => Promise<unknown>): Promise<number> {
  const engine = tf.engine();
  const { trackTensor } = engine;
  const before = engine.state.numBytes;
  let peak = before;
  engine.trackTensor = (...tensor) => {
    trackTensor.apply(engine, tensor);
    peak = Math.max(peak, engine.state.numBytes);
  };
  try {
    await run();
    return peak - before;
  } finally {
    engine.trackTensor = trackTensor;
  }
}

/** The measurements as a Markdown table. */
export function table(title: string, measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ job, milliseconds, least, ratio, leastRatio, peakMegabytes }) => {
    const verdict = job.aim === undefined || ratio === undefined ? '' : ratio <= job.aim ? 'yes' : '**no**';
    const cells = [
      job.name,
      milliseconds.toFixed(1),
      least.toFixed(1),
      ratio === undefined ? '' : `${ratio.toFixed(2)} × ${job.per}`,
      leastRatio?.toFixed(2) ?? '',
      job.aim?.toString() ?? '',
      verdict,
      peakMegabytes.toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `### ${title}`,
    '',
    '| work | ms | least | ratio | of the least | aim | holds | peak MB |',
    '|---|--:|--:|--:|--:|--:|---|--:|',
    ...rows,
    '',
  ].join('\n');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
