import type { Random } from './random.ts';
import { runningMoments } from './running.ts';
import { sobolSequence } from './sobolSequence.ts';

/** Masks in $[0, 1]$ of some players whose scores tell total Sobol' indices. */
export interface SobolDesigns {
  /** How many masks there are: of each design A, B, and A with one player after the other from B. */
  readonly count: number;
  /** Writes a mask, `[players]`. */
  fill(mask: Float32Array, index: number): void;
}

/** Designs A and B of masks side by side in a scrambled Sobol' sequence, `samples` of them. */
export function sobolDesigns(samples: number, players: number, random: Random): SobolDesigns {
  const points = sobolSequence(samples, 2 * players, random);
  return {
    count: samples * (players + 2),
    fill(mask, index) {
      const kind = index % (players + 2);
      const start = 2 * players * Math.floor(index / (players + 2));
      const a = points.subarray(start, start + players);
      const b = points.subarray(start + players, start + 2 * players);
      mask.set(kind === 1 ? b : a);
      if (kind > 1) mask[kind - 2] = b[kind - 2] as number;
    },
  };
}

/**
 * Total indices, one for each player, from the designs whose masks have all been scored,
 * $S_i = \frac{\sum_k (F(A_k) - F(C_k^{(i)}))^2}{2 N\, \mathrm{Var}\, F}$.
 *
 * Source: Jansen 1999, "Analysis of variance designs for model output".
 *
 * @param scores in the order of the masks of {@link sobolDesigns}.
 */
export function totalIndices(scores: Float64Array, players: number): Float64Array {
  const size = players + 2;
  const designs = Array.from({ length: Math.floor(scores.length / size) }, (_, k) =>
    scores.subarray(k * size, (k + 1) * size),
  );
  const spread = varianceOf(designs.flatMap(([a, b]) => [a as number, b as number]));
  return Float64Array.from({ length: players }, (_, player) => {
    const squares = designs.reduce(
      (sum, design) => sum + ((design[0] as number) - (design[player + 2] as number)) ** 2,
      0,
    );
    return spread === 0 ? 0 : squares / (2 * designs.length * spread);
  });
}

/** The unbiased variance of scores; 0 where there are too few, and NaN where one is none. */
function varianceOf(scores: readonly number[]): number {
  if (scores.length < 2) return 0;
  const moments = runningMoments(1);
  for (const score of scores) moments.add([score]);
  return moments.variance()[0] as number;
}
