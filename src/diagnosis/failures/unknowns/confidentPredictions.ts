import { assertIndex } from '../../../numeric/check.ts';
import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, share } from '../../../numeric/options.ts';
import { firstGreatest } from '../../../numeric/statistics.ts';
import { assertProbabilities } from '../../classified.ts';

/** Options of {@link confidentPredictions}. */
export interface ConfidentOptions {
  /** The critical class, among whose predictions is searched; all classes by default. */
  readonly label?: number;
  /** The least probability that is confident; 0.65 by default. */
  readonly threshold?: number;
}

/** Examples of which a network is confident. */
export interface ConfidentPredictions {
  /** Rows of the probabilities. */
  readonly examples: Int32Array;
  /** The probability of the predicted class of each, in the same order. */
  readonly confidence: Float64Array;
}

const checks: OptionChecks<ConfidentOptions> = { label: integer(0), threshold: share };

/**
 * The examples that a network takes for the critical class with confidence: those among which unknown unknowns are.
 *
 * Source: Lakkaraju et al. 2017, "Identifying unknown unknowns in the open world", the search space.
 *
 * @param probabilities `[n, k]`.
 * @param options `label`, `threshold`.
 * @returns their rows and confidence, to be handed to {@link unknownUnknowns} or {@link descriptivePartitions}.
 * @throws {VitrineError} if they are no probabilities, or there is no such class.
 * @example
 * ```ts
 * import { confidentPredictions } from 'vitrine/diagnosis';
 * const probabilities = { shape: [3, 2], data: Float32Array.of(0.9, 0.1, 0.6, 0.4, 0.2, 0.8) };
 * console.log(confidentPredictions(probabilities, { label: 0 }).examples); // 0
 * ```
 */
export function confidentPredictions(
  probabilities: NdArray<TypedArray>,
  options: ConfidentOptions = {},
): ConfidentPredictions {
  assertOptions(options, checks);
  assertProbabilities('probabilities', probabilities);
  const { label, threshold = 0.65 } = options;
  const [count, classes] = probabilities.shape as readonly [number, number];
  if (label !== undefined) assertIndex(label, classes, 'label');
  // A probability of 0.65 in 32 bits is not below 0.65.
  const least = Math.min(threshold, Math.fround(threshold));
  const examples: number[] = [];
  const confidence: number[] = [];
  for (let row = 0; row < count; row++) {
    const own = probabilities.data.subarray(row * classes, (row + 1) * classes);
    const predicted = firstGreatest(own);
    const most = own[predicted] as number;
    if (most < least || (label !== undefined && predicted !== label)) continue;
    examples.push(row);
    confidence.push(most);
  }
  return { examples: Int32Array.from(examples), confidence: Float64Array.from(confidence) };
}
