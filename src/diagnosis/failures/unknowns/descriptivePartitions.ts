import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import { abortSignal, assertOptions, integer, type OptionChecks, share } from '../../../numeric/options.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { conditionItems, inWords } from './conditions.ts';
import { greedyCover } from './cover.ts';
import { type CheckedExamples, type DescribedExamples, describedExamples } from './describedExamples.ts';
import { frequentPatterns } from './frequentPatterns.ts';
import { patternWeights } from './patternWeights.ts';
import type { DescribedPartition } from './types.ts';

/** Which patterns are looked for. */
export interface PartitionOptions {
  /** The most conditions of a pattern, up to 3; 3 by default. */
  readonly conditions?: number;
  /** The least share of the examples for which a pattern holds; 0.1 by default. */
  readonly support?: number;
  /** Stops the call; it rejects with `signal.reason`. None by default. */
  readonly signal?: AbortSignal;
}

export const partitionChecks: OptionChecks<PartitionOptions> = {
  conditions: integer(1, 3),
  support: share,
  signal: abortSignal,
};

/**
 * Descriptive space partitioning: divides examples into groups that are alike, each of which a few conditions describe.
 *
 * Patterns are conjunctions such as `grass and not leash`; features that are not only zeros and ones are `low`, `middle` or `high`,
 * each a third of the values. A pattern costs
 * $$ w(q) = g_1 - g_2 + g_3 - g_4 + g_5 $$
 * with $g_1$ and $g_2$ the mean distance of those inside and outside of it from the mean of those inside, $g_3$ and $g_4$ the same of
 * confidence, each scaled to 0…1 over all patterns, and $g_5$ its length as a share of the longest; shifted so that the least is
 * 0.01. The pattern that covers the most new examples for its cost comes next, until nothing new is covered. Features count
 * with their range scaled to 1.
 *
 * Source: Lakkaraju et al. 2017, "Identifying unknown unknowns in the open world", algorithm 1 (DSP).
 *
 * @param examples `features` `[n, d]`, `confidence`; `examples` and `names`.
 * @param options `conditions`, `support`.
 * @returns the partitions, in the order in which they were chosen; each example is in the first that covers it, those that no
 * pattern covers in the last one, `none of these`.
 * @throws {VitrineError} if the arrays are not of the same examples, a number is not finite, or more than 2000 patterns hold often
 * enough; the signal's reason.
 * @example
 * ```ts
 * import { descriptivePartitions } from 'vitrine/diagnosis';
 * const features = { shape: [4, 2], data: Float32Array.of(1, 0, 1, 0, 1, 1, 0, 1) };
 * const partitions = await descriptivePartitions(
 *   { features, names: ['grass', 'leash'], confidence: [0.9, 0.8, 0.7, 0.9] },
 *   { conditions: 2 },
 * );
 * console.log(partitions.map(({ name, members }) => `${name}: ${members}`));
 * ```
 */
export async function descriptivePartitions(
  examples: DescribedExamples,
  options: PartitionOptions = {},
): Promise<readonly DescribedPartition[]> {
  assertOptions(options, partitionChecks);
  const [own] = await owned(describedExamples(examples));
  return inSlices(partitionsOf(own, options), options);
}

/** Mines, weighs and covers. */
export function* partitionsOf(
  given: CheckedExamples,
  { conditions = 3, support = 0.1 }: PartitionOptions,
): Sliced<readonly DescribedPartition[]> {
  const { features, names, examples } = given;
  const items = yield* conditionItems(features, names, examples);
  const least = Math.max(1, Math.ceil(support * examples.length - 1e-9));
  const patterns = yield* frequentPatterns(items, { least, length: conditions });
  const weights = yield* patternWeights(patterns, { ...given, length: conditions });
  const { groups, rest } = yield* greedyCover(patterns, weights, examples.length);
  const found = groups.map(({ pattern, members }) => {
    const own = (patterns[pattern]?.items ?? [])
      .map((item) => items[item]?.condition)
      .filter((one) => one !== undefined);
    return { name: inWords(own), conditions: own, members: Int32Array.from(members, (i) => examples[i] as number) };
  });
  const left = { name: 'none of these', conditions: [], members: Int32Array.from(rest, (i) => examples[i] as number) };
  return rest.length > 0 ? [...found, left] : found;
}
