import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OperationGraph, Site } from '../../network/graph/graph.ts';
import type { Operation } from '../../network/graph/operation.ts';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { attributionOf, endsOf, exampleRange, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
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
 * absolute values, scales to $[0, 1]$ over the places of an example and resizes to the input. Beside the one picture, or
 * volume, a model may have other inputs: they count in the totals (tokens by their embeddings), and the map is of the picture.
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization", Eqs. (3) and (5).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]`, or of volumes or frames `[n, d, h, w, c]`, in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default, for which the sums hold).
 * @returns `values` `[n, h, w]` or `[n, d, h, w]`, and the signed sums `totals` and `implicit`.
 * @throws as {@link gradient}, or if the model has no input of images or volumes, or several.
 * @example
 * ```ts
 * import { fullGrad } from 'vitrine';
 * const { totals, implicit, score } = await fullGrad(model, x);
 * console.log(totals.data[0] + totals.data[1] + implicit[0], score[0]); // equal up to rounding
 * ```
 */
export async function fullGrad(model: Model, x: Input, options: ExplainOptions = {}): Promise<FullGradient> {
  return explain(model, x, options, { checks: explainChecks }, async (session, options) => {
    const { network, count, rows, scorer } = session;
    const ends = endsOf(network, undefined);
    const { image, places } = onlyPlaced(session);
    const behind = dependents(network.graph, image);
    const onMap = (operation: Operation): boolean => behind.has(operation);
    const found = await mapBatches({ ...options, stage: 'fullGrad', total: count }, (start, end) => {
      const tally = createBiasTally({ rows: end - start, places, onMap });
      try {
        const record = network.forward(rows(start, end), {
          taps: scorer.taps,
          differentiate: { to: ends, composite: tally.composite },
        });
        const { seeds, ...scored } = scorer.score(record, exampleRange(start, end));
        const signals = record.backward(seeds, { to: ends });
        const products = ends.map((site) => tf.mul(record.value(site), signalAt(signals, site)));
        const { map, bias, implicit } = tally.sums();
        const totals = tf.stack([tf.addN(products.map(sumPerExample)), bias], 1);
        const ofImage = products[network.inputs.indexOf(image)] as Tensor;
        return { ...scored, map: tf.add(saliency(ofImage, places), map), totals, implicit } as Record<string, Tensor>;
      } finally {
        tally.dispose();
      }
    });
    const attribution = attributionOf(session, {
      method: 'fullGrad',
      score: found.score as NdArray,
      classes: found.classes,
      maps: [found.map as NdArray],
      perPlace: true,
    });
    return { ...attribution, totals: found.totals as NdArray, implicit: (found.implicit as NdArray).data };
  });
}

/** The one input with places; the map is of it. */
function onlyPlaced({ network, inputs }: Session): { image: Site; places: readonly number[] } {
  const images = network.inputs.filter((_, i) => [4, 5].includes(inputs[i]?.shape.length ?? 0));
  const [image] = images;
  if (!image || images.length > 1) {
    const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
    throw new VitrineError(
      'unsupported',
      `"model" expected one input of images or volumes, got inputs of shape ${shapes}`,
    );
  }
  return { image, places: (inputs[network.inputs.indexOf(image)] as NdArray).shape.slice(1, -1) };
}

/** The operations that an input acts on. */
function dependents({ steps }: OperationGraph, input: Site): ReadonlySet<Operation> {
  const reached = new Set([input.value]);
  const acting = steps.filter(({ inputs, output }) => {
    const reads = inputs.some((value) => reached.has(value));
    if (reads) reached.add(output);
    return reads;
  });
  return new Set(acting.map(({ operation }) => operation));
}
