import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { mapBatches } from '../../network/batches.ts';
import type { Site } from '../../network/graph.ts';
import { signalAt } from '../../network/signals.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { attributionOf, exampleRange, explain, type Session } from '../session.ts';
import { createBiasTally, saliency, sumPerExample } from './biasTally.ts';

/** What {@link fullGrad} returns. */
export interface FullGradient extends Attribution {
  /** `[n, 2]`: Σ input × gradient and Σ bias × gradient, signed. */
  readonly totals: NdArray;
  /** Per example Σ f(z) − f′(z)·z over all operations that are not positively homogeneous, ReLU6 for instance. */
  readonly implicit: Float32Array;
}

/**
 * FullGrad: the input's gradient and those of all biases, which together hold the whole score.
 *
 * $F(x) = \sum x \odot \partial F/\partial x + \sum_l \sum b_l \odot \partial F/\partial b_l$ for networks of
 * convolutions, batch normalisation and ReLU; where an activation is not positively homogeneous, `implicit` holds
 * the rest, so that both `totals` and `implicit` sum to the score. The map adds up
 * $\psi(x \odot \partial F/\partial x) + \sum_l \psi(\sum_c |b_l \odot \partial F/\partial b_l|)$, where $\psi$ takes
 * absolute values, scales to $[0, 1]$ and resizes to the input.
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization", Eqs. (3) and (5).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the shape of the model's input.
 * @param options `target`, `scale` (the sums hold for the logit scale).
 * @returns `values` `[n, h, w]`, and the signed sums `totals` and `implicit`.
 * @throws as {@link gradient}; {Error} if the model has several inputs or no image input.
 * @example
 * ```ts
 * import { fullGrad } from 'vitrine';
 * const { totals, implicit, score } = await fullGrad(model, x);
 * console.log(totals.data[0] + totals.data[1] + implicit[0], score[0]); // equal up to rounding
 * ```
 */
export async function fullGrad(model: Model, x: Input, options: ExplainOptions = {}): Promise<FullGradient> {
  return explain(model, x, options, async (session) => {
    const { network, count, rows, scorer } = session;
    const { input, plane } = imageInput(session);
    const found = await mapBatches({ ...options, stage: 'fullGrad', total: count }, (start, end) => {
      const tally = createBiasTally(end - start, plane);
      try {
        const inputs = rows(start, end);
        const record = network.forward(inputs, {
          taps: scorer.taps,
          differentiate: { to: [input], composite: tally.composite },
        });
        const { seeds, ...scored } = scorer.score(record, exampleRange(start, end));
        const signal = signalAt(record.backward(seeds, { to: [input] }), input);
        const product = tf.mul(inputs[0] as Tensor, signal) as Tensor4D;
        const { map, bias, implicit } = tally.sums();
        const totals = tf.stack([sumPerExample(product), bias], 1);
        return { ...scored, map: tf.add(saliency(product, plane), map), totals, implicit } as Record<string, Tensor>;
      } finally {
        tally.dispose();
      }
    });
    const attribution = attributionOf({
      method: 'fullGrad',
      score: found.score as NdArray,
      classes: found.classes,
      maps: [found.map as NdArray],
    });
    return { ...attribution, totals: found.totals as NdArray, implicit: (found.implicit as NdArray).data };
  });
}

function imageInput({ network, inputs }: Session): { input: Site; plane: readonly [number, number] } {
  const [array, ...others] = inputs;
  if (array?.shape.length !== 4 || others.length > 0) {
    const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
    throw new Error(`"model" expected one image input, got inputs of shape ${shapes}`);
  }
  return { input: network.inputs[0] as Site, plane: [array.shape[1] as number, array.shape[2] as number] };
}
