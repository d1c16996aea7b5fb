import { cosine } from '../../numeric/correlation.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { PatternInference } from '../inferPatterns.ts';

/** The cosine distance, in the scores of all nodes, from each of some images to each of others: one row each. */
export function* patternDistances(
  inference: PatternInference,
  from: readonly number[],
  to: readonly number[],
): Sliced<readonly Float64Array[]> {
  const rows = new Map(to.map((image) => [image, scoresOf(inference, image)]));
  const distances: Float64Array[] = [];
  for (const image of from) {
    const own = scoresOf(inference, image);
    distances.push(Float64Array.from(to, (other) => 1 - cosine(own, rows.get(other) as Float64Array)));
    yield 3 * own.length * to.length;
  }
  return distances;
}

function scoresOf(inference: PatternInference, image: number): Float64Array {
  const parts = Object.values(inference).map(({ scores: { shape, data } }) => {
    const nodes = shape[1] as number;
    return data.subarray(image * nodes, (image + 1) * nodes);
  });
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
