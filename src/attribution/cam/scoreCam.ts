import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { resizeBilinear } from '../../backend/kernels/resizeBilinear.ts';
import { rowsOf } from '../../network/inputs.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { allPerturbedScores } from '../perturbation/perturbedScores.ts';
import { repeated } from '../repeated.ts';
import type { CamOptions } from './cam.ts';
import { activationsOf, type ChannelContext, channelWeightedMap } from './channelWeightedMap.ts';
import { seenInput } from './fitted.ts';

/** Which channels {@link scoreCam} asks about. */
export interface ScoreCamOptions extends CamOptions {
  /** Only so many channels, those that vary most over the places; all by default. */
  readonly channels?: number;
}

/**
 * Score-CAM: the activations of a layer, each channel weighted by the score of the input seen through it.
 *
 * $M = \sum_k w_k A_k$, $w = \mathrm{softmax}_k(F(x \odot H_k))$, where $H_k$ is channel $k$ resized to the input and
 * scaled to $[0, 1]$; a channel that is the same everywhere masks everything. No gradient is used, but a pass of the
 * whole network for each channel. Where scores differ by much, one channel takes all the weight.
 *
 * Source: Wang et al. 2020, "Score-CAM", Eqs. (5) to (8); `channels` as in Li et al. 2023, "Faster-ScoreCAM".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input, an image.
 * @param options `layer`, `channels`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws {RangeError} if `channels` < 1, or the layer is a sequence; else as {@link gradCam}.
 * @example
 * ```ts
 * import { scoreCam } from 'vitrine';
 * const { values } = await scoreCam(model, x, { layer: 'conv3', channels: 4 });
 * ```
 */
export async function scoreCam(
  model: Model,
  x: Input,
  { channels = Number.POSITIVE_INFINITY, ...options }: ExplainOptions & ScoreCamOptions = {},
): Promise<Attribution> {
  if (channels !== Number.POSITIVE_INFINITY) assertInteger('channels', channels, [1, Number.POSITIVE_INFINITY]);
  return channelWeightedMap(model, x, options, {
    method: 'scoreCam',
    weigh: (context) => seenThrough(context, channels),
  });
}

async function seenThrough(context: ChannelContext, most: number): Promise<Float64Array> {
  const { session, site, activations, scorer } = context;
  const input = seenInput(session.network, site);
  const [, rows, columns] = (session.inputs[input] as NdArray).shape as [number, number, number];
  const [count, , , channels] = activations.shape as [number, number, number, number];
  const chosen = Array.from({ length: count }, (_, example) =>
    mostVaried(activations, example, Math.min(most, channels)),
  );
  const scores = await allPerturbedScores(session, {
    stage: 'scoreCam',
    samples: Math.min(most, channels),
    scorer,
    rows(example, start, end) {
      const masks = channelMasks(activationsOf(context, example), chosen[example]?.slice(start, end) ?? [], [
        rows,
        columns,
      ]);
      return session.inputs.map((array, i) =>
        i === input ? tf.mul(rowsOf(array, example, example + 1), masks) : repeated(array, example, end - start),
      );
    },
  });
  const weights = new Float64Array(count * channels);
  chosen.forEach((list, example) => {
    softmax(scores.data.subarray(example * list.length, (example + 1) * list.length)).forEach((weight, i) => {
      weights[example * channels + (list[i] as number)] = weight;
    });
  });
  return weights;
}

/** Channels as masks in 0…1, `[k, h, w, 1]`. */
function channelMasks(activations: Tensor4D, channels: readonly number[], plane: readonly [number, number]): Tensor4D {
  const last = tf.transpose(activations, [3, 1, 2, 0]) as Tensor4D;
  const chosen = tf.gather(last, tf.tensor1d([...channels], 'int32'));
  const resized = resizeBilinear(chosen as Tensor4D, plane, { alignCorners: false, halfPixelCenters: true });
  const low = tf.min(resized, [1, 2, 3], true);
  return tf.divNoNan(tf.sub(resized, low), tf.sub(tf.max(resized, [1, 2, 3], true), low)) as Tensor4D;
}

/** The channels with the greatest variance over the places, in their own order. */
function mostVaried({ shape, data }: NdArray, example: number, most: number): readonly number[] {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const size = rows * columns * channels;
  const own = data.subarray(example * size, (example + 1) * size);
  const variances = Array.from({ length: channels }, (_, channel) => {
    const values = own.filter((__, i) => i % channels === channel);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  const order = variances.map((_, i) => i).sort((a, b) => (variances[b] as number) - (variances[a] as number) || a - b);
  return order.slice(0, most).sort((a, b) => a - b);
}

function softmax(scores: Float32Array): Float64Array {
  const greatest = scores.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - greatest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}
