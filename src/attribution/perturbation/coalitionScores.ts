import type { Session } from '../session.ts';
import { perturbedScores } from './perturbedScores.ts';
import type { SegmentGame } from './segmentGame.ts';

/** Coalitions of one example's segments. */
export interface Coalitions {
  readonly stage: string;
  readonly example: number;
  readonly count: number;
  /** Fills in coalition `index`, which starts as zeros: 1 for each member. */
  readonly fill: (members: Float32Array, index: number) => void;
  /** Called after each batch with the number of scores that are known. */
  readonly onBatch?: (known: number) => void;
}

/** The score of each coalition: with its members shown and all other segments hidden. `scores` is filled as they come. */
export async function coalitionScores(
  session: Session,
  game: SegmentGame,
  { stage, example, count, fill, onBatch }: Coalitions,
  scores: Float64Array = new Float64Array(count),
): Promise<Float64Array> {
  const players = game.counts[example] as number;
  await perturbedScores(
    session,
    {
      stage,
      samples: count,
      examples: [example],
      scorer: game.scorer,
      rows(_example, start, end) {
        const coalitions = new Float32Array((end - start) * players);
        for (let row = start; row < end; row++) {
          fill(coalitions.subarray((row - start) * players, (row - start + 1) * players), row);
        }
        return game.rows(example, coalitions);
      },
    },
    (part, { start, end }) => {
      scores.set(part.scores.data, start);
      onBatch?.(end);
    },
  );
  return scores;
}
