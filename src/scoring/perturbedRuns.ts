import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Site } from '../network/graph/graph.ts';
import { type Chunk, forEachBatch } from '../network/walk/batches.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import type { Session } from './session.ts';
import type { Scorer } from './targets/scorer.ts';

/** Rows that a method makes of each example by hiding or changing parts of it. */
export interface Perturbation<K extends string = never, M = undefined> {
  readonly stage: string;
  /** The number of rows made of each example. */
  readonly samples: number;
  /** The examples that are perturbed; all by default. */
  readonly examples?: readonly number[];
  readonly scorer: Scorer;
  /** What rows `start…end` of an example are made with and `reduce` reads, such as masks; in the `tf.tidy` of the batch. */
  readonly draw?: (example: number, start: number, end: number) => M;
  /** Rows `start…end` of an example, one tensor for each input of the model; made in the same `tf.tidy`. */
  readonly rows: (example: number, start: number, end: number, drawn: M) => readonly Tensor[];
  /** Layer values that the rows start from in place of the inputs, for those that change a layer. */
  readonly from?: (example: number, start: number, end: number) => ReadonlyMap<Site, Tensor>;
  /** What is read besides the scores, such as masks weighted by them; runs in the same `tf.tidy` as the rows. */
  readonly reduce?: (scores: Tensor1D, drawn: M) => Record<K, Tensor>;
}

/**
 * Scores the perturbed rows of each example in bounded batches.
 *
 * @param consume is given the scores `[end − start]` of each batch, and what `reduce` made; `chunk.group` is the example.
 */
export async function perturbedRuns<K extends string = never, M = undefined>(
  { network, count, options }: Pick<Session, 'network' | 'count' | 'options'>,
  { stage, samples, examples, scorer, draw, rows, from, reduce }: Perturbation<K, M>,
  consume: (part: Record<K | 'scores', NdArray>, chunk: Chunk) => void,
): Promise<void> {
  const named = (chunk: Chunk): Chunk => (examples ? { ...chunk, group: examples[chunk.group] as number } : chunk);
  await forEachBatch<K | 'scores'>(
    { ...options, stage, total: samples, groups: examples?.length ?? count },
    (given) => {
      const { group: example, start, end } = named(given);
      const drawn = draw?.(example, start, end) as M;
      const cut = from && { from: from(example, start, end) };
      const record = network.forward(rows(example, start, end, drawn), { taps: scorer.taps, ...cut });
      const scores = scorer.score(record, new Int32Array(end - start).fill(example)).score;
      return { scores, ...reduce?.(scores, drawn) } as Record<K | 'scores', Tensor>;
    },
    (part, chunk) => consume(part, named(chunk)),
  );
}

/** The scores of all perturbed rows, `[n, samples]`. */
export async function allPerturbedScores(
  session: Pick<Session, 'network' | 'count' | 'options'>,
  perturbation: Perturbation,
): Promise<NdArray> {
  const { samples } = perturbation;
  const data = new Float32Array(session.count * samples);
  await perturbedRuns(session, perturbation, ({ scores }, { group, start }) => {
    data.set(scores.data, group * samples + start);
  });
  return { shape: [session.count, samples], data };
}
