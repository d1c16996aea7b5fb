import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { allFinite } from '../../numeric/ndarray.ts';
import { assertOptions, flag, integer, listOf, required } from '../../numeric/options.ts';
import { ckaOf } from './cka.ts';
import { featureSums } from './featureSums.ts';

/** Options of {@link ckaAccumulator}. */
export interface CkaAccumulatorOptions {
  /** How many features each of the two sets has. */
  readonly units: readonly [number, number];
  /** As that of `cka`; true by default. */
  readonly debiased?: boolean;
}

/** CKA of examples that come one at a time. */
export interface CkaAccumulator {
  /** Takes the features of an example from both sets. */
  readonly add: (a: ArrayLike<number>, b: ArrayLike<number>) => void;
  /** CKA of all that came. */
  readonly value: () => number;
}

/**
 * Linear CKA of examples that come one at a time, for more of them than fit into memory: the result of `cka`, of sums.
 *
 * It keeps d² + e² + d e numbers for sets of d and e features, and takes as many operations for each example.
 *
 * Source: Song et al. 2012, "Feature selection via dependence maximization", Eq. (5), in the features' own space.
 *
 * @param options `units`, `debiased`.
 * @returns `add` for an example, and `value` for the similarity so far; NaN of examples that are all the same.
 * @throws {VitrineError} if an example has another number of features or one that is not finite, or if fewer than 4 examples
 *   (2 where it is biased) came before `value` is asked for.
 * @example
 * ```ts
 * import { ckaAccumulator } from 'vitrine/diagnosis';
 * const { add, value } = ckaAccumulator({ units: [3, 2] });
 * for (const [a, b] of [[1, 0], [0, 1], [1, 1], [3, 1]]) add([a, b, a * b], [b, a]);
 * console.log(value());
 * ```
 */
export function ckaAccumulator(options: CkaAccumulatorOptions): CkaAccumulator {
  assertOptions(options, { units: required(listOf(integer(1))), debiased: flag });
  const { units, debiased = true } = options;
  if (units.length !== 2) {
    throw new VitrineError('bad-argument', `"units" expected two numbers of features, got ${describe(units)}`);
  }
  const [first, second] = units;
  const sums = featureSums(first, second);
  let count = 0;
  return {
    add(a, b) {
      assertFeatures('a', a, first);
      assertFeatures('b', b, second);
      sums.add(a, b);
      count++;
    },
    value() {
      const least = debiased ? 4 : 2;
      if (count >= least) return ckaOf(sums.compared(debiased), debiased);
      throw new VitrineError('bad-argument', `"value" expected at least ${least} examples, got ${count}`);
    },
  };
}

function assertFeatures(argument: string, features: ArrayLike<number>, units: number): void {
  if (typeof features !== 'object' || features?.length !== units) {
    throw new VitrineError('bad-shape', `"${argument}" expected ${units} features, got ${describe(features)}`);
  }
  if (!allFinite(features)) throw new VitrineError('not-finite', `"${argument}" expected finite numbers`);
}
