import { perturbedRuns } from '../../../scoring/perturbedRuns.ts';
import type { Session } from '../../../scoring/session.ts';
import type { SegmentGame } from './segmentGame.ts';

/** Coalitions of the segments of each example. */
export interface Coalitions {
  readonly stage: string;
  /** The number of coalitions of each example. */
  readonly counts: readonly number[];
  /** Fills in a coalition, which starts as zeros: 1 for a member, or how far a segment is shown. */
  readonly fill: (members: Float32Array, index: number, example: number) => void;
  /** Called after each batch with the scores known so far, those of the first coalitions of each example. */
  readonly onBatch?: (known: readonly Float64Array[]) => void;
}

/** Per example the score of each coalition: with its members shown and all other segments hidden. */
export async function coalitionScores(
  session: Session,
  game: SegmentGame,
  { stage, counts, fill, onBatch }: Coalitions,
): Promise<readonly Float64Array[]> {
  const scores = counts.map((count) => new Float64Array(count));
  const known: Float64Array[] = scores.map((all) => all.subarray(0, 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [example, samples] of counts.entries()) {
    const { onProgress } = session.options;
    const counted = onProgress && (({ done }: { done: number }) => onProgress({ stage, done: before + done, total }));
    const options = { ...session.options, ...(counted && { onProgress: counted }) };
    await perturbedRuns(
      { ...session, options },
      {
        stage,
        samples,
        examples: [example],
        scorer: game.scorer,
        rows: (_, start, end) => game.rows(example, filled({ start, end, example }, game, fill)),
      },
      (part, { start, end }) => {
        scores[example]?.set(part.scores.data, start);
        known[example] = scores[example]?.subarray(0, end) as Float64Array;
        onBatch?.(known);
      },
    );
    before += samples;
  }
  return scores;
}

/** Coalitions `start…end` as rows. */
function filled(
  { start, end, example }: { start: number; end: number; example: number },
  { players }: SegmentGame,
  fill: Coalitions['fill'],
): Float32Array {
  const size = players[example] as number;
  const coalitions = new Float32Array((end - start) * size);
  for (let row = 0; row < end - start; row++) {
    fill(coalitions.subarray(row * size, (row + 1) * size), start + row, example);
  }
  return coalitions;
}
