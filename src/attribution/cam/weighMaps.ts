import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import { callback, text } from '../../numeric/options.ts';
import type { Explainer } from '../../scoring/types.ts';
import { type CamOptions, classActivationMap } from './cam.ts';

/** What a class activation map is made of. */
export interface WeighedLayer {
  /** The output of the layer, `[n, h, w, c]`. */
  readonly activations: Tensor4D;
  /** The gradients of the explained score there, of the same shape. */
  readonly gradients: Tensor4D;
}

/**
 * Makes a class activation map of a way to weigh the activations of a layer by their gradients.
 *
 * $M = \mathrm{weigh}(A, \partial F / \partial A)$, then $\max(M, 0)$, resized to the input. The rest is as in the built-in
 * ones: the layer before the target by default, one forward and one backward walk, any target, batches, abort.
 *
 * Source: the frame that Selvaraju et al. 2017, "Grad-CAM", and its successors have in common.
 *
 * @param method the name that results have in `method`.
 * @param weigh makes maps `[n, h, w]` of activations and gradients `[n, h, w, c]`, without telling examples from each
 * other; in a `tf.tidy`. Volumes come with their planes below each other, frames as examples of their own, sequences as
 * one row.
 * @returns an explainer with the options `layer`, `rectify`, `size` and those of every method.
 * @throws {VitrineError} if `method` is no text or `weigh` no function; the explainer throws as {@link gradCam}, and if a map
 * has another shape.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { weighMaps } from 'vitrine';
 * const maxGradientCam = weighMaps('maxGradientCam', ({ activations, gradients }) =>
 *   tf.sum(tf.mul(activations, tf.max(gradients, [1, 2], true)), -1),
 * );
 * const { values } = await maxGradientCam(model, x, { layer: 'conv3', target: { class: 1, minus: 0 } });
 * ```
 */
export function weighMaps(method: string, weigh: (maps: WeighedLayer) => Tensor): Explainer<CamOptions> {
  text('method', method);
  callback('weigh', weigh);
  const read = (activations: Tensor4D, gradients: Tensor4D): Tensor =>
    checkedMaps(weigh({ activations, gradients }), activations.shape.slice(0, -1));
  return (model, x, options) => classActivationMap(model, x, options, { method, read });
}

function checkedMaps(maps: unknown, shape: readonly number[]): Tensor {
  if (maps instanceof Tensor && sameShape(maps.shape, shape)) return maps;
  const got = maps instanceof Tensor ? `[${maps.shape.join(', ')}]` : describe(maps);
  throw new VitrineError(
    'bad-shape',
    `"weigh" expected a function that returns maps [${shape.join(', ')}], got ${got}`,
  );
}
