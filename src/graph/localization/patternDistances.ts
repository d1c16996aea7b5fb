import { cosine } from '../../numeric/cosine.ts';
import type { PatternInference } from '../inferPatterns.ts';

/** The cosine distance, in the scores of all nodes, from each of some images to each of others: one row each. */
export function patternDistances(
  inference: PatternInference,
  from: readonly number[],
  to: readonly number[],
): readonly Float64Array[] {
  const rows = new Map(to.map((image) => [image, scoresOf(inference, image)]));
  return from.map((image) => {
    const own = scoresOf(inference, image);
    return Float64Array.from(to, (other) => 1 - cosine(own, rows.get(other) as Float64Array));
  });
}

function scoresOf(inference: PatternInference, image: number): Float64Array {
  const parts = Object.values(inference).map(({ scores: { shape, data } }) => {
    const nodes = shape[1] as number;
    return data.subarray(image * nodes, (image + 1) * nodes);
  });
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
