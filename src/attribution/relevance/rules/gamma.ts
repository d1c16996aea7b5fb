import * as tf from '@tensorflow/tfjs-core';
import { quotientWhereSigned } from '../../../backend/kernels/elementwise.ts';
import type { Rule } from '../../../network/composite.ts';
import type { Operation, Parameters } from '../../../network/operation.ts';
import type { SignSplit } from '../../../network/signSplit.ts';
import { assertNumber } from '../../../numeric/check.ts';
import { derivedWeights } from './derivedWeights.ts';
import { distribution, type Flow, STABILISER, sumOf } from './distribution.ts';
import { partOf, type Sign, signedParts, signedTerms } from './signedTerms.ts';

/**
 * LRP-γ: what agrees with the sign of an output counts more by γ.
 *
 * $R_i = \sum_j \frac{a_i (w_{ij} + \gamma w_{ij}^+)}{\sum_k a_k (w_{kj} + \gamma w_{kj}^+) + b_j + \gamma b_j^+} R_j$
 * for inputs and outputs that are not negative; in general $(a_i w_{ij})^+$ and $b_j^+$ are favoured where $z_j > 0$,
 * $(a_i w_{ij})^-$ and $b_j^-$ where $z_j < 0$. γ = 0 is LRP-0; the greater γ, the nearer to z⁺.
 *
 * Source: Montavon et al. 2019, "Layer-wise relevance propagation: an overview", §10.2; for any signs Andéol et al.
 * 2021, "Learning domain invariant representations by joint Wasserstein distance minimization".
 *
 * @param g γ, not negative.
 * @returns a rule for linear operations.
 * @throws {RangeError} if γ is negative.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.gamma(0.25)) });
 * ```
 */
export function gamma(g: number = 0.25): Rule {
  assertNumber('g', g, 0);
  return {
    name: 'gamma',
    needs: ['inputs', 'output'],
    backward: (operation, io, streams) => {
      const z = io.output;
      const parts = signedParts(io);
      const positive = sumOf(operation, signedTerms(operation, parts, 'positive'));
      const kernels = favouring(operation, g);
      // What speaks against z < 0 is z less what speaks for it, both negative.
      const flows: readonly Flow[] = [
        { sign: 'positive' as const, denominator: { sign: 1 as const, ofZ: 1, ofY: g, epsilon: STABILISER } },
        { sign: 'negative' as const, denominator: { sign: -1 as const, ofZ: 1 + g, ofY: -g, epsilon: STABILISER } },
      ].map(({ sign, denominator }) => ({
        terms: parts.map((part) => ({
          input: part.input,
          weights: part.sign === sign ? kernels.positive : kernels.negative,
        })),
        quotient: (relevance) => quotientWhereSigned(relevance, [z, positive], denominator),
      }));
      return [streams.map(distribution(operation, io, flows))];
    },
  };
}

/** The kernels W + γW⁺ and W + γW⁻. */
function favouring(operation: Operation, g: number): SignSplit {
  const more = (sign: Sign): Parameters =>
    derivedWeights(operation, `gamma ${g} ${sign}`, (kernel) => tf.add(kernel, tf.mul(partOf(kernel, sign), g)));
  return { positive: more('positive'), negative: more('negative') };
}
