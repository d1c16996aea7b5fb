import type { Site } from '../../../network/graph/graph.ts';
import { changedRuns } from '../../../scoring/changedRuns.ts';
import type { Session } from '../../../scoring/session.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import { type CoverableInput, coveredParts, type Part } from './coveredParts.ts';

/** The parts of an input that are covered one at a time. */
export interface CoveredParts {
  readonly stage: string;
  /** The position of the input. */
  readonly index: number;
  readonly input: CoverableInput;
  /** Those of each example. */
  readonly parts: readonly (readonly Part[])[];
  readonly scorer: Scorer;
  /** F(x) per example. */
  readonly score: Float32Array;
  /** Called after each batch with what is known so far: of each example the drops of its first parts. */
  readonly onBatch?: (drops: readonly Float64Array[]) => void;
}

/** What the score loses when a part is covered, F(x) − F(x without it), per example and part. */
export async function coveredDrops(
  session: Session,
  { stage, index, input, parts, scorer, score, onBatch }: CoveredParts,
): Promise<readonly Float64Array[]> {
  const drops = parts.map(({ length }) => new Float64Array(length));
  const known: Float64Array[] = drops.map((own) => own.subarray(0, 0));
  await changedRuns(
    session,
    {
      stage,
      samples: parts.map(({ length }) => length),
      scorer,
      site: session.network.inputs[index] as Site,
      change: (example, start, end) =>
        coveredParts(input, (parts[example] as readonly Part[]).slice(start, end), example),
    },
    (scores, { group, start }) => {
      const own = drops[group] as Float64Array;
      own.set(
        scores.map((covered) => (score[group] as number) - covered),
        start,
      );
      known[group] = own.subarray(0, start + scores.length);
      onBatch?.(known);
    },
  );
  return drops;
}
