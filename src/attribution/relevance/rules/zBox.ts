import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../../backend/kernels/elementwise.ts';
import type { Range, Rule } from '../../../network/composite.ts';
import { signSplit } from '../../../network/signSplit.ts';
import { assertNumber } from '../../../numeric/check.ts';
import { distribution, inProportion, sumOf } from './distribution.ts';

/**
 * LRP-zᴮ: for a first layer whose inputs lie between bounds; relevance that is not negative stays so.
 *
 * $R_i = \sum_j \frac{a_i w_{ij} - l_i w_{ij}^+ - h_i w_{ij}^-}{\sum_k (a_k w_{kj} - l_k w_{kj}^+ - h_k w_{kj}^-)} R_j$;
 * biases drop out.
 *
 * Source: Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition", §4.2.
 *
 * @param low the least value that the layer can read, of all channels or of each: black as the model gets it.
 * @param high the greatest value likewise: white as the model gets it.
 * @returns a rule for linear operations; {@link lrp} checks that what they read lies within the bounds.
 * @throws {RangeError} if a bound is not finite, or `low` and `high` are lists of different lengths.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const composite = [[{ position: 'first' }, rules.zBox(-1, [1, 1, 1])], ...composites.epsilonPlus()] as const;
 * const { values } = await lrp(model, x, { composite });
 * ```
 */
export function zBox(low: number | readonly number[], high: number | readonly number[]): Rule {
  const range = { low, high };
  assertRange(range);
  return {
    name: 'zBox',
    needs: ['inputs'],
    range,
    backward: (operation, io, streams) => {
      const { positive, negative } = signSplit(operation);
      const { kernel } = operation.parameters as { kernel: Tensor };
      const input = io.inputs[0] as Tensor;
      const terms = [
        { input, weights: { kernel } },
        { input: tf.neg(constantLike(input, low)), weights: positive },
        { input: tf.neg(constantLike(input, high)), weights: negative },
      ];
      return [streams.map(distribution(operation, io, [inProportion(terms, sumOf(operation, terms))]))];
    },
  };
}

function assertRange({ low, high }: Range): void {
  Object.entries({ low, high }).forEach(([name, bounds]) =>
    [bounds].flat().forEach((bound) => assertNumber(name, bound)),
  );
  if (typeof low === 'number' || typeof high === 'number' || low.length === high.length) return;
  throw new RangeError(`"high" expected as many bounds as "low", ${low.length}, got ${high.length}`);
}

/** One example of the input's shape, that holds a bound everywhere. */
function constantLike({ shape }: Tensor, bounds: number | readonly number[]): Tensor {
  return tf.mul(
    tf.ones([1, ...shape.slice(1)]),
    typeof bounds === 'number' ? bounds : channelRow(tf.tensor1d([...bounds])),
  );
}
