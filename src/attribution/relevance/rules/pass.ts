import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { sameShape } from '../../../numeric/shape.ts';

/**
 * Relevance passes as it is: the rule of activations.
 *
 * $R_i = R_j$ for operations with one input of the output's shape.
 *
 * Source: Bach et al. 2015, §2.
 *
 * @returns a rule for activations, and for layers that shall be looked through.
 * @throws {Error} when it is run, on an operation with several inputs or one of another shape than its output.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['softmax', rules.pass()], ...composites.epsilonPlus()] });
 * ```
 */
export function pass(): Rule {
  return {
    name: 'pass',
    needs: [],
    backward: ({ address }, { inputShapes }, streams) => {
      const [shape = [], ...others] = inputShapes;
      if (others.length > 0 || streams.some((stream) => !sameShape(stream.shape, shape))) {
        const found = inputShapes.map((read) => `[${read.join(', ')}]`).join(', ');
        throw new Error(
          `rule "pass" expected one input of shape [${streams[0]?.shape.join(', ')}] in layer "${address}", got ${found}`,
        );
      }
      return [streams.map((stream) => tf.clone(stream))];
    },
  };
}
