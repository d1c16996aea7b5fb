import * as tf from '@tensorflow/tfjs-core';
import type { Explainer } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { weighMaps } from './weighMaps.ts';

/**
 * Element-wise Grad-CAM: only what speaks for the target at each element is summed.
 *
 * $M = \sum_k \max(g_k \odot A_k, 0)$; nowhere below HiResCAM.
 *
 * Source: the element-wise variant of Selvaraju et al. 2017 in the pytorch-grad-cam package.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { elementWiseCam } from 'vitrine';
 * const { values } = await elementWiseCam(model, x, { layer: 'conv3' });
 * ```
 */
export const elementWiseCam: Explainer<CamOptions> = /* @__PURE__ */ weighMaps(
  'elementWiseCam',
  ({ activations, gradients }) => tf.sum(tf.relu(tf.mul(gradients, activations)), 3),
);
