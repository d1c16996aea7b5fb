import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../backend/owned.ts';
import type { Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, object, required } from '../../numeric/options.ts';
import { forEachImageBatch } from '../../readings/imageBatches.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import { createScorer } from '../../scoring/targets/createScorer.ts';
import { assertSharedTarget } from '../../scoring/targets/sharedTarget.ts';
import { type ImageRationaleOptions, rationaleChecks } from './imageRationales.ts';
import { partMatrix } from './parseTree.ts';

/** Options of {@link partEffects}. */
export interface PartEffectsOptions extends Omit<ImageRationaleOptions, 'meanResponses'> {
  /** Which filters belong to which part, A, `[m, d]`: a filter counts where the matrix is not 0. */
  readonly parts: NdArray<TypedArray>;
}

/**
 * What each part is worth to a network: the score less the score with the part's filters at zero, at all positions.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees", §4, the ground truth of what parts contribute.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch, or a data set that is read once.
 * @param options `layer`, `target`, `parts`, `batchSize`, `signal`, `onProgress`.
 * @returns `[n, m]` in units of the score; over an image's `lengths` they are the `effects` of {@link treeMetrics}.
 * @throws {VitrineError} if the layer is unknown or `parts` has another number of filters.
 * @example
 * ```ts
 * import { partEffects } from 'vitrine/distillation';
 * const parts = { shape: [2, 8], data: Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1) };
 * const effects = await partEffects(model, x, { layer: 'conv1', target: 3, parts });
 * console.log(effects.shape); // [2, 2]
 * ```
 */
export async function partEffects(
  model: Model,
  images: ImageSource,
  options: PartEffectsOptions,
): Promise<NdArray<Float64Array>> {
  assertOptions(options, { ...rationaleChecks, parts: required(object) });
  assertSharedTarget(options.target);
  const [dataset, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { layer, target, parts, ...run } = own;
  return withNetwork(model, async (network) => {
    const site = network.site(layer, 'layer');
    const matrix = partMatrix(parts, site.shape.at(-1) as number);
    const [count, width] = matrix.shape as [number, number];
    const scorer = createScorer(network, { target, count: Number.POSITIVE_INFINITY });
    const effects: number[] = [];
    let seen = 0;
    const job = (rows: readonly Tensor[]): { effects: Tensor } => {
      const example = Int32Array.from({ length: rows[0]?.shape[0] as number }, (_, i) => seen + i);
      const whole = network.forward(rows, { taps: scorer.taps });
      const score = scorer.score(whole, example).score;
      const losses = Array.from({ length: count }, (_, part) => {
        const kept = matrix.data.subarray(part * width, (part + 1) * width).map((own) => Number(own === 0));
        const edits = new Map([[site, (value: Tensor): Tensor => tf.mul(value, tf.tensor1d(Float32Array.from(kept)))]]);
        return tf.sub(score, scorer.score(network.forward(rows, { taps: scorer.taps, edits }), example).score);
      });
      return { effects: tf.stack(losses, 1) };
    };
    await forEachImageBatch(
      network,
      dataset,
      { ...run, stage: 'partEffects' },
      {
        job,
        consume(part) {
          for (const value of part.effects.data) effects.push(value);
          seen = effects.length / count;
        },
      },
    );
    return { shape: [seen, count], data: Float64Array.from(effects) };
  });
}
