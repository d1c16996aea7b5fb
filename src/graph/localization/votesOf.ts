import type { LayerInference, PatternInference } from '../inferPatterns.ts';
import type { PartTemplate } from './types.ts';

/** A vote for where a part is. */
export interface Vote {
  readonly position: readonly [row: number, column: number];
  readonly weight: number;
  /** Per axis, in pixels. */
  readonly deviation: number;
}

/** The votes of the patterns that are seen in an image, and what they could weigh together at most. */
export function votesOf(
  { patterns }: PartTemplate,
  inference: PatternInference,
  image: number,
): { readonly votes: readonly Vote[]; readonly total: number } {
  const included = patterns.filter((pattern) => pattern.included);
  const votes = included.flatMap(({ layer, node, offset, deviation, weight, meanScore }): readonly Vote[] => {
    const { positions, scores } = inference[layer] as LayerInference;
    const k = image * (scores.shape[1] as number) + node;
    const activity = Math.min((scores.data[k] as number) / meanScore, 1);
    if (!(activity > 0)) return [];
    const position = [
      (positions.data[2 * k] as number) + offset[0],
      (positions.data[2 * k + 1] as number) + offset[1],
    ] as const;
    return [{ position, weight: weight * activity, deviation }];
  });
  return { votes, total: included.reduce((sum, { weight }) => sum + weight, 0) };
}
