import * as tf from '@tensorflow/tfjs-core';
import type { Explainer } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { weighMaps } from './weighMaps.ts';

/**
 * Grad-CAM: the activations of a layer, weighted by the mean gradient of their channel.
 *
 * $M = \sum_k w_k A_k$ with $w_k = \frac{1}{hw} \sum_{ij} \partial F / \partial A_{ijk}$, then $\max(M, 0)$. With a
 * global-average-pooling head this is CAM: the mean over positions times their number, plus the bias, is the logit.
 *
 * Source: Selvaraju et al. 2017, "Grad-CAM", Eqs. (1) and (2).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size (of volumes `[n, d, h, w]`, of layers inside
 * TimeDistributed a map with weights of its own for each frame, `[n, t, h, w]`, of sequences `[n, t]`); all zero where no
 * evidence is positive (`isEmpty` tells).
 * @throws {VitrineError} if the layer does not exist or has no rows and columns; else as {@link gradient}.
 * @throws {VitrineError} if the target does not depend on the layer.
 * @example
 * ```ts
 * import { gradCam } from 'vitrine';
 * const { values, layer } = await gradCam(model, x, { target: 1 });
 * console.log(layer, values.shape); // the last layer with rows and columns, [2, 16, 16]
 * ```
 */
export const gradCam: Explainer<CamOptions> = /* @__PURE__ */ weighMaps('gradCam', ({ activations, gradients }) =>
  tf.sum(tf.mul(tf.mean(gradients, [1, 2], true), activations), 3),
);
