import * as tf from '@tensorflow/tfjs-core';
import type { Explainer } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { weighMaps } from './weighMaps.ts';

/**
 * HiResCAM: each activation times its own gradient, summed over channels.
 *
 * $M = \sum_k g_k \odot A_k$, then $\max(M, 0)$. Where a flattening dense head follows the layer, the sum of the map before
 * rectification plus the bias is the logit exactly.
 *
 * Source: Draelos and Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations", Eq. (4).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { hiResCam } from 'vitrine';
 * const { values } = await hiResCam(model, x, { layer: 'conv3' });
 * ```
 */
export const hiResCam: Explainer<CamOptions> = /* @__PURE__ */ weighMaps('hiResCam', ({ activations, gradients }) =>
  tf.sum(tf.mul(gradients, activations), 3),
);
