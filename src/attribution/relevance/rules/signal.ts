import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { sameShape } from '../../../numeric/shape.ts';

/**
 * The rule of gates: of a product the signal gets everything, and what it is multiplied with by broadcasting nothing.
 *
 * $R_\mathrm{signal} = R$, $R_\mathrm{gate} = 0$: a gate tells how much of the signal passes, not what it is.
 *
 * Source: Arras et al. 2017, "Explaining recurrent neural network predictions in sentiment analysis", §3.2.
 *
 * @returns a rule for products.
 * @throws {Error} when it is run, where not exactly one input has the shape of the output.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['multiply', rules.signal()], ...composites.epsilonPlus()] });
 * ```
 */
export function signal(): Rule {
  return {
    name: 'signal',
    needs: [],
    backward: ({ kind, address, layerClass }, { inputShapes }, streams) => {
      const isSignal = inputShapes.map((shape) => sameShape(shape, streams[0]?.shape ?? []));
      if (isSignal.filter(Boolean).length !== 1) {
        const shapes = inputShapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
        throw new Error(
          `rule "signal" cannot tell the signal from its gate in ${kind} of layer "${address}" (${layerClass}), which reads ${shapes}; put a rule for it first, for example [{ address: "${address}" }, gradientRule]`,
        );
      }
      return isSignal.map((all) => (all ? streams.map((stream) => tf.clone(stream)) : []));
    },
  };
}
