import * as tf from '@tensorflow/tfjs-core';
import type { Explainer } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { weighMaps } from './weighMaps.ts';

/**
 * LayerCAM: activations weighted by their own positive gradients, which stays sharp in shallow layers.
 *
 * $M = \sum_k \max(g_k, 0) \odot A_k$, then $\max(M, 0)$.
 *
 * Source: Jiang et al. 2021, "LayerCAM", Eqs. (5)–(7).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { layerCam } from 'vitrine';
 * const { values } = await layerCam(model, x, { layer: 'conv3' });
 * ```
 */
export const layerCam: Explainer<CamOptions> = /* @__PURE__ */ weighMaps('layerCam', ({ activations, gradients }) =>
  tf.sum(tf.mul(tf.relu(gradients), activations), 3),
);
