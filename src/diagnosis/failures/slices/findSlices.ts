import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import type { RunOptions } from '../../../network/types.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import {
  abortSignal,
  assertOptions,
  callback,
  count as countOf,
  integer,
  number,
  type OptionChecks,
  object,
  safeInteger,
} from '../../../numeric/options.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { assertProbabilities, assertTable, labelsOf } from '../../classified.ts';
import { expected, type MixtureData } from './expectation.ts';
import { fitMixture } from './mixture.ts';
import { confusionStart } from './mixtureStart.ts';
import { type Ranking, rankedSlices } from './rankedSlices.ts';
import { type Reduction, reductionOf } from './reduction.ts';
import type { ClassifiedExamples, SliceFindings } from './types.ts';

/** Options of {@link findSlices}. */
export interface FindSlicesOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /** How many slices at most; 5 by default. */
  readonly count?: number;
  /** Into how many parts the examples are divided, at most as many as there are examples; 25 by default. */
  readonly components?: number;
  /** What labels and predictions count beside the embeddings; 1 by default, 10 in the paper. */
  readonly weight?: number;
  /** How many principal components of the embeddings are looked at; 128 by default. */
  readonly dimensions?: number;
  /** Rounds of expectation-maximisation at most; 60 by default. */
  readonly iterations?: number;
  /** Examples that were not looked at, on which error rates are measured anew; none by default. */
  readonly heldOut?: ClassifiedExamples;
  /** Of the start; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<FindSlicesOptions> = {
  count: integer(1),
  components: integer(1, 1000),
  weight: number(0),
  dimensions: integer(1),
  iterations: countOf(1),
  heldOut: object,
  seed: safeInteger,
  signal: abortSignal,
  onProgress: callback,
};

/**
 * Finds groups of examples that are alike and on which a network errs more than elsewhere.
 *
 * A mixture of diagonal Gaussians of the embeddings z, each with categories of labels y and predictions ŷ,
 * $$ \sum_s \pi_s\, N(z; \mu_s, \Sigma_s)\, \big(p_s(y)\; \hat p_s \cdot \hat y\big)^{\gamma} $$
 * is fitted from the cells of the confusion matrix by expectation-maximisation. Its parts are ranked by the lower bound (Wilson,
 * 95 %) of their error rate; the published code ranks by $\lvert\max(\hat p_s - p_s)\rvert$, which is not the $\max \lvert\hat p_s
 * - p_s\rvert$ that was meant, and knows no small numbers. On planted slices γ = 1 finds more than the 10 of the paper
 * (`docs/failures-and-bias.md`).
 *
 * Error rates of slices are too high: labels and predictions helped to choose their members, the more the greater γ, and the worst
 * of many parts were chosen. `heldOut` measures them on other examples, which their embeddings alone put into slices.
 *
 * Source: Eyuboglu et al. 2022, "Domino: discovering systematic errors with cross-modal embeddings", §5.
 *
 * @param examples `embeddings` `[n, d]`, `labels` `[n]`, `probabilities` `[n, k]`, best of examples that the network was not trained
 * on.
 * @param options `count`, `components`, `weight`, `dimensions`, `iterations`, `heldOut`, `seed`, `signal`, `onProgress`.
 * @returns the slices, the worst first, how far each example belongs to each, and the error rate of all.
 * @throws {VitrineError} if the arrays are not of the same examples, numbers are not finite or no probabilities, or a label is no
 * class; the signal's reason.
 * @example
 * ```ts
 * import { findSlices } from 'vitrine/diagnosis';
 * const embeddings = { shape: [6, 1], data: Float32Array.of(0, 0.1, 0.2, 5, 5.1, 5.2) };
 * const probabilities = { shape: [6, 2], data: Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.9, 0.1, 0.9, 0.1, 0.8, 0.2, 0.3, 0.7) };
 * const { slices } = await findSlices({ embeddings, labels: [0, 0, 0, 1, 1, 1], probabilities }, { components: 3 });
 * console.log(slices[0].members, slices[0].errorRate, slices[0].interval);
 * ```
 */
export async function findSlices(
  examples: ClassifiedExamples,
  options: FindSlicesOptions = {},
): Promise<SliceFindings> {
  assertOptions(options, checks);
  assertClassified('examples', examples);
  if (options.heldOut) assertHeldOut(options.heldOut, examples);
  const [given, plan] = await owned(examples, options);
  return inSlices(slicesOf(given, plan), plan);
}

function* slicesOf(examples: ClassifiedExamples, options: FindSlicesOptions): Sliced<SliceFindings> {
  const { count = 5, weight = 1, dimensions = 128, iterations = 60, heldOut, seed = 0, onProgress } = options;
  const reduction = yield* reductionOf(examples.embeddings, dimensions);
  const data = yield* mixtureData(examples, reduction);
  const components = Math.min(options.components ?? 25, data.count);
  const responsibilities = yield* confusionStart(data, components, seed);
  const onStep = (step: number): void => onProgress?.({ stage: 'mixture', done: step + 1, total: iterations });
  const { components: parts, steps } = yield* fitMixture(data, responsibilities, {
    components,
    weight,
    iterations,
    onStep,
  });
  const ranking: Ranking = { data, responsibilities, components, count };
  if (!heldOut) return { ...(yield* rankedSlices(ranking)), steps };
  const unseen = yield* mixtureData(heldOut, reduction);
  const placed = new Float64Array(unseen.count * components);
  yield* expected(unseen, parts, { responsibilities: placed, weight: 0 });
  return { ...(yield* rankedSlices({ ...ranking, heldOut: { data: unseen, responsibilities: placed } })), steps };
}

function* mixtureData(examples: ClassifiedExamples, { width, project }: Reduction): Sliced<MixtureData> {
  const [count, classes] = examples.probabilities.shape as readonly [number, number];
  return {
    count,
    vectors: yield* project(examples.embeddings),
    width,
    labels: labelsOf('labels', examples.labels, count),
    probabilities: Float64Array.from(examples.probabilities.data),
    classes,
  };
}

function assertClassified(argument: string, examples: ClassifiedExamples): void {
  object(argument, examples);
  const { embeddings, labels, probabilities } = examples;
  assertProbabilities('probabilities', probabilities);
  const [count, classes] = probabilities.shape as readonly [number, number];
  assertTable('embeddings', embeddings, count);
  labelsOf('labels', labels, count, classes);
}

function assertHeldOut(heldOut: ClassifiedExamples, examples: ClassifiedExamples): void {
  assertClassified('heldOut', heldOut);
  for (const name of ['embeddings', 'probabilities'] as const) {
    const [expected, got] = [examples[name].shape[1], heldOut[name].shape[1]];
    if (expected === got) continue;
    throw new VitrineError('bad-shape', `"heldOut.${name}" expected ${expected} columns, got ${got}`);
  }
}
