import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import type { RunOptions } from '../../../network/types.ts';
import {
  assertOptions,
  callback,
  count,
  listOf,
  number,
  type OptionChecks,
  object,
  oneOf,
  required,
  safeInteger,
  share,
} from '../../../numeric/options.ts';
import { answersOf } from './answersOf.ts';
import type { DescribedExamples } from './describedExamples.ts';
import { type PartitionOptions, partitionChecks } from './descriptivePartitions.ts';
import { policyNamed, type SearchPolicy, searchPolicies } from './policies.ts';
import { searchSoFar } from './searchSoFar.ts';
import { type PartitionedExamples, searchedExamples, searchSpace } from './searchSpace.ts';
import type { UnknownAnswer, UnknownUnknowns } from './types.ts';

/** Options of {@link unknownUnknowns}. */
export interface UnknownUnknownsOptions extends PartitionOptions, Pick<RunOptions, 'onProgress'> {
  /** Says whether the prediction for an example, a row of the features, is wrong; at its leisure, so that a person can answer. */
  readonly oracle: (example: number) => boolean | Promise<boolean>;
  /** How many examples are asked about at most. */
  readonly budget: number;
  /** How the next example is chosen; `'uub'` by default. */
  readonly policy?: SearchPolicy;
  /** What the bonus of partitions of which little is known counts, of `'uub'` and `'ucb1'`; 0.25 by default, 1 in the paper. */
  readonly exploration?: number;
  /** How often `'epsilonGreedy'` takes any partition; 0.1 by default. */
  readonly epsilon?: number;
  /** What is known already: the oracle is not asked again, but they count. None by default. */
  readonly answers?: readonly UnknownAnswer[];
  /** Called after each answer with what was found so far. */
  readonly onPartial?: (partial: UnknownUnknowns) => void;
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<UnknownUnknownsOptions> = {
  ...partitionChecks,
  oracle: required(callback),
  budget: required(count(1)),
  policy: oneOf(searchPolicies),
  exploration: number(0),
  epsilon: share,
  answers: (argument, value) => {
    if (!Array.isArray(value) || value.length > 0) listOf(object)(argument, value);
  },
  onPartial: callback,
  onProgress: callback,
  seed: safeInteger,
};

/**
 * Searches for unknown unknowns: examples of which a network is confident and that it gets wrong. Partitions of the examples are
 * the arms of a bandit; whoever knows the truth, a person or a program, is asked about one example after the other.
 *
 * $$ \text{UUB:}\quad \arg\max_i\; \bar u(i) + c\sqrt{\frac{2 \ln \sum_k N(k)}{N(i)}}, \qquad
 * N(i) = \sum_j \vartheta_j,\quad \bar u(i) = \frac{1}{N(i)} \sum_j \vartheta_j r_j, \quad
 * \vartheta_j = \frac{\text{members left now}}{\text{members left at pull } j} $$
 * with $r_j = 1$ where the answer was "wrong", after each partition was asked once. The paper's reward less a price that all examples
 * share makes the same choices. With its full bonus, `exploration: 1`, UUB explores far too much for budgets of a few
 * hundred questions: a quarter of it, as by default, finds half as many again on planted worlds (`docs/failures-and-bias.md`).
 * `'ucb1'` does not discount, `'thompson'` draws from Beta(1 + wrong, 1 + right), `'epsilonGreedy'` takes the greatest mean,
 * `'random'` and `'leastConfident'` look at no partition.
 *
 * An oracle that throws ends the call with its error; what was answered before has come to `onPartial`, and goes on as `answers`: with
 * the same seed the same search, without asking again.
 *
 * Source: Lakkaraju et al. 2017, "Identifying unknown unknowns in the open world", algorithms 1 and 2; Auer et al. 2002 (UCB1).
 *
 * @param examples `features` `[n, d]` with `confidence`, `examples` and `names` as for {@link descriptivePartitions}; or
 * `partitions` of one's own with `confidence`.
 * @param options `oracle`, `budget`; `policy`, `exploration`, `epsilon`, `answers`, `conditions`, `support`, `onPartial`, `seed`,
 * `signal`, `onProgress`.
 * @returns answers in their order, what was found, how many after each answer, and the partitions by share of wrong ones.
 * @throws {VitrineError} as {@link descriptivePartitions} does, or if partitions share examples, or the oracle answers neither true
 * nor false; what the oracle throws; the signal's reason, also while an answer is waited for.
 * @example
 * ```ts
 * import { unknownUnknowns } from 'vitrine/diagnosis';
 * const features = { shape: [6, 2], data: Float32Array.of(1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1) };
 * const confidence = [0.9, 0.8, 0.7, 0.9, 0.8, 0.9];
 * const { found, partitions } = await unknownUnknowns(
 *   { features, confidence, names: ['grass', 'leash'] },
 *   { budget: 4, oracle: (example) => example < 2 }, // or a person
 * );
 * console.log(found, partitions[0].name, partitions[0].errorRate);
 * ```
 */
export async function unknownUnknowns(
  examples: DescribedExamples | PartitionedExamples,
  options: UnknownUnknownsOptions,
): Promise<UnknownUnknowns> {
  assertOptions(options, checks);
  const checked = searchedExamples(examples);
  const [given, plan] = await owned(checked, options);
  const { policy = 'uub', exploration = 0.25, epsilon = 0.1, seed = 0 } = plan;
  const space = await inSlices(searchSpace(given, plan), plan);
  const chooser = policyNamed(policy, { ...space, exploration, epsilon, seed });
  const asked: UnknownAnswer[] = [];
  const total = Math.min(plan.budget, space.examples.length);
  const answer = answersOf(plan);
  while (asked.length < total) {
    const example = space.examples[chooser.next()] as number;
    const wrong = await answer(example);
    chooser.learn(wrong);
    asked.push({ example, wrong });
    plan.onPartial?.(searchSoFar(space, asked));
    plan.onProgress?.({ stage: 'questions', done: asked.length, total });
  }
  return searchSoFar(space, asked);
}
