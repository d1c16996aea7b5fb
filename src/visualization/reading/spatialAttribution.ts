import * as tf from '@tensorflow/tfjs-core';
import { mapOf } from '../../attribution/shared.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { type OptionChecks, required } from '../../numeric/options.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { explain } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';

/** Options of {@link spatialAttribution}. */
export interface SpatialAttributionOptions extends ExplainOptions {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
}

const checks: OptionChecks<SpatialAttributionOptions> = { ...explainChecks, layer: required(layerAddress) };

/**
 * How much each position of a layer speaks for the target.
 *
 * $$ S_{xy} = \sum_c a_{xyc} \, \frac{\partial F}{\partial a_{xyc}} $$
 * the first-order share of the position in the score: `hiResCam` before it is rectified and resized. With a contrast as
 * target positions for the one class are positive, those for the other negative.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "What does the network see?" and its
 * notebook on spatial attribution.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`; `target`, `scale` (`'logit'` by default), `batchSize`, `signal`, `onProgress`.
 * @returns `values` `[n, h, w]` of the layer's size, signed.
 * @throws {VitrineError} if the layer is unknown or has no rows and columns, or if the target does not depend on it.
 * @example
 * ```ts
 * import { spatialAttribution } from 'vitrine/visualization';
 * const { values } = await spatialAttribution(model, x, { layer: 'conv2', target: { class: 1, minus: 0 } });
 * console.log(values.shape);
 * ```
 */
export function spatialAttribution(model: Model, x: Input, options: SpatialAttributionOptions): Promise<Attribution> {
  return explain(model, x, options, { checks }, (session, { layer }) =>
    mapOf(
      session,
      { layer, rectify: false, size: 'layer' },
      {
        method: 'spatialAttribution',
        read: (activations, gradients) => tf.sum(tf.mul(activations, gradients), 3),
      },
    ),
  );
}
