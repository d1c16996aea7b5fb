import * as tf from '@tensorflow/tfjs-core';
import type { Explainer } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { weighMaps } from './weighMaps.ts';

/**
 * XGrad-CAM: channel weights that keep the total of activation times gradient.
 *
 * $w_k = \sum_{ij} g_{ijk} A_{ijk} / (\sum_{ij} A_{ijk} + 10^{-7})$, $M = \sum_k w_k A_k$, then $\max(M, 0)$; before
 * rectification the sum of the map is that of HiResCAM.
 *
 * Source: Fu et al. 2020, "Axiom-based Grad-CAM", Eq. (8).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { xGradCam } from 'vitrine';
 * const { values } = await xGradCam(model, x, { layer: 'conv3' });
 * ```
 */
export const xGradCam: Explainer<CamOptions> = /* @__PURE__ */ weighMaps('xGradCam', ({ activations, gradients }) => {
  const shares = tf.sum(tf.mul(gradients, activations), [1, 2], true);
  const weights = tf.div(shares, tf.add(tf.sum(activations, [1, 2], true), 1e-7));
  return tf.sum(tf.mul(weights, activations), 3);
});
