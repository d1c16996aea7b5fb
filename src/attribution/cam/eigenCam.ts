import * as tf from '@tensorflow/tfjs-core';
import { leadingComponent } from '../../numeric/linear/leadingComponent.ts';
import { allFinite, type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { assertOptions, flag, type OptionChecks } from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { Explainer, ExplainOptions } from '../../scoring/types.ts';
import { type CamMethod, type CamOptions, camChecks, classActivationMap } from './cam.ts';

/** The options of {@link eigenCam} and {@link eigenGradCam}. */
export interface EigenCamOptions extends CamOptions {
  /** Whether the mean of each channel is subtracted first; true by default. */
  readonly center?: boolean;
}

const checks: OptionChecks<ExplainOptions & EigenCamOptions> = { ...camChecks, center: flag };

/**
 * Eigen-CAM: what the channels of a layer have most in common, whatever the class.
 *
 * $M = A v_1$ with $v_1$ the first right singular vector of the (positions × channels) matrix of activations, its columns
 * centred unless `center` is false (the paper does not centre). A singular vector has no sign: this one makes the
 * uncentred projection sum to zero or more.
 *
 * Source: Muhammad and Yeasin 2020, "Eigen-CAM", §III.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `center`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { eigenCam } from 'vitrine';
 * const { values } = await eigenCam(model, x, { layer: 'conv3' });
 * ```
 */
export const eigenCam: Explainer<EigenCamOptions> = principalCam('eigenCam', (activations) => tf.clone(activations));

/**
 * Eigen-Grad-CAM: what activation times gradient has most in common over the channels, so that the class counts.
 *
 * $M = (g \odot A) v_1$ with $v_1$ the first right singular vector of the (positions × channels) matrix of $g \odot A$,
 * signed as in {@link eigenCam}.
 *
 * Source: the class-discriminative variant of Muhammad and Yeasin 2020 in the pytorch-grad-cam package.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `center`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { eigenGradCam } from 'vitrine';
 * const { values } = await eigenGradCam(model, x, { layer: 'conv3' });
 * ```
 */
export const eigenGradCam: Explainer<EigenCamOptions> = principalCam('eigenGradCam', (activations, gradients) =>
  tf.mul(gradients, activations),
);

/** A map of what something that is read of a layer has most in common over its channels. */
function principalCam(method: string, read: CamMethod['read']): Explainer<EigenCamOptions> {
  return async (model, x, options = {}) => {
    assertOptions(options, checks);
    const { center = true, ...rest } = options;
    return classActivationMap(model, x, rest, { method, read, finish: (found) => principalMap(found, center) });
  };
}

/**
 * Projects each position of `[n, …, c]` on the first principal direction of its example's channels: `[n, …]`, NaN for
 * examples that have no direction since not all of their values are finite.
 */
function* principalMap({ shape, data }: NdArray, center: boolean): Sliced<NdArray> {
  const [examples, channels] = [shape[0] as number, shape.at(-1) as number];
  const positions = sizeOf(shape.slice(1, -1));
  const map = new Float32Array(examples * positions);
  for (let example = 0; example < examples; example++) {
    const start = example * positions * channels;
    const matrix = { shape: [positions, channels], data: data.subarray(start, start + positions * channels) };
    if (allFinite(matrix.data)) map.set((yield* leadingComponent(matrix, { center })).projection, example * positions);
    else map.fill(Number.NaN, example * positions, (example + 1) * positions);
  }
  return { shape: shape.slice(0, -1), data: map };
}
