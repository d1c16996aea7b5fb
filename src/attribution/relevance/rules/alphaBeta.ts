import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { assertNumber } from '../../../numeric/check.ts';
import { distribution, inProportion, sumOf } from './distribution.ts';
import { signedParts, signedTerms } from './signedTerms.ts';

/**
 * LRP-αβ: what speaks for an output and what speaks against it, divided apart.
 *
 * $R_i = \sum_j \left(\alpha \frac{(a_i w_{ij})^+}{z_j^+} - \beta \frac{(a_i w_{ij})^-}{z_j^-}\right) R_j$ with
 * $z_j^\pm = \sum_i (a_i w_{ij})^\pm + b_j^\pm$.
 *
 * Source: Bach et al. 2015, Eq. (60).
 *
 * @param a α, the weight of what speaks for it.
 * @param b β, the weight of what speaks against it.
 * @returns a rule for linear operations.
 * @throws {RangeError} if α or β is negative, or α − β is not 1.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.alphaBeta(2, 1)) });
 * ```
 */
export function alphaBeta(a: number = 2, b: number = 1): Rule {
  assertNumber('a', a, 0);
  assertNumber('b', b, 0);
  if (Math.abs(a - b - 1) > 1e-9) throw new RangeError(`"a" expected b + 1, which is ${b + 1}, got ${a}`);
  return b === 0 ? inFavour : forAndAgainst(a, b);
}

/** α1β0 needs nothing of what speaks against an output, and the output as it is. */
const inFavour: Rule = {
  name: 'alphaBeta',
  needs: ['inputs'],
  backward: (operation, io, streams) => {
    const terms = signedTerms(operation, signedParts(io), 'positive');
    return [streams.map(distribution(operation, io, [inProportion(terms, sumOf(operation, terms))]))];
  },
};

/** What speaks for and against an output; the two are all of it. */
interface Sides {
  readonly positive: Tensor;
  readonly negative: Tensor;
}

function forAndAgainst(a: number, b: number): Rule {
  const rule: Rule<Sides> = {
    name: 'alphaBeta',
    needs: ['inputs'],
    compute: (operation, io) => {
      const parts = signedParts(io);
      const positive = sumOf(operation, signedTerms(operation, parts, 'positive'));
      const negative = sumOf(operation, signedTerms(operation, parts, 'negative'));
      return { output: tf.add(positive, negative), state: { positive, negative } };
    },
    backward: (operation, io, streams) => {
      const parts = signedParts(io);
      const { positive, negative } = io.state;
      const flows = [
        inProportion(signedTerms(operation, parts, 'positive'), positive, a),
        inProportion(signedTerms(operation, parts, 'negative'), negative, -b),
      ];
      return [streams.map(distribution(operation, io, flows))];
    },
  };
  return rule as Rule;
}
