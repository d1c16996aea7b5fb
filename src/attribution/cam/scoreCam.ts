import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { resizePlaces } from '../../backend/kernels/resizePlaces.ts';
import { divNoNan, oneHot } from '../../backend/portable.ts';
import type { Input, Model } from '../../network/types.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, kind, type OptionChecks } from '../../numeric/options.ts';
import { besideOthers } from '../../scoring/masking.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type CamOptions, camChecks } from './cam.ts';
import { foldedShape, isFramed, seenInput } from './camLayer.ts';
import { activationsOf, type ChannelContext, channelWeightedMap, framesOf } from './channelWeightedMap.ts';

/** Which channels {@link scoreCam} asks about. */
export interface ScoreCamOptions extends CamOptions {
  /** How many channels, those that vary most over the places; all by default. */
  readonly unitCount?: number;
}

const checks: OptionChecks<ExplainOptions & ScoreCamOptions> = {
  ...camChecks,
  unitCount: kind('an integer of at least 1, or Infinity', isCount),
};

/**
 * Score-CAM: the activations of a layer, each channel weighted by the score of the input seen through it.
 *
 * $M = \sum_k w_k A_k$, $w = \mathrm{softmax}_k(F(x \odot H_k))$, where $H_k$ is channel $k$ resized to the input and
 * scaled to $[0, 1]$; a channel that is the same everywhere masks everything. No gradient is used, but a pass of the
 * whole network for each channel. Where scores differ by much, one channel takes all the weight. In layers inside
 * TimeDistributed a frame is seen through its own channels, the others as they are, and each frame's weights sum to 1.
 *
 * Source: Wang et al. 2020, "Score-CAM", Eqs. (5) to (8); `unitCount` as in Li et al. 2023, "Faster-ScoreCAM".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input, an image.
 * @param options `layer`, `unitCount`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws {VitrineError} if `unitCount` < 1, or the layer is a sequence; else as {@link gradCam}.
 * @example
 * ```ts
 * import { scoreCam } from 'vitrine';
 * const { values } = await scoreCam(model, x, { layer: 'conv3', unitCount: 4 });
 * ```
 */
export async function scoreCam(
  model: Model,
  x: Input,
  options: ExplainOptions & ScoreCamOptions = {},
): Promise<Attribution> {
  assertOptions(options, checks);
  const { unitCount = Number.POSITIVE_INFINITY, ...others } = options;
  return channelWeightedMap(model, x, others, {
    method: 'scoreCam',
    weigh: (context) => seenThrough(context, unitCount),
  });
}

function isCount(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && (value as number) >= 1);
}

async function seenThrough(context: ChannelContext, most: number): Promise<Float64Array> {
  const { session, site, activations, scorer } = context;
  const input = seenInput(session.network, site);
  const seen = session.inputs[input] as NdArray;
  if (seen.shape.length !== activations.shape.length) {
    throw new VitrineError(
      'bad-shape',
      `"layer" expected one with the places of its input, "${site.address}" sees a sequence`,
    );
  }
  const frames = framesOf(context);
  const folded = { shape: foldedShape(activations.shape, site.perFrame), data: activations.data };
  const [planes, , , channels] = folded.shape;
  const each = Math.min(most, channels);
  const chosen = Array.from({ length: planes }, (_, plane) => mostVaried(folded, plane, each));
  const scores = await allPerturbedScores(session, {
    stage: 'scoreCam',
    samples: frames * each,
    scorer,
    rows(example, start, end) {
      const ownChannels = chosen.slice(example * frames, (example + 1) * frames);
      const numbers = ownChannels.flatMap((list, frame) => list.map((channel) => frame * channels + channel));
      const masks = channelMasks(activationsOf(context, example), numbers.slice(start, end), {
        frames: isFramed(site) ? frames : undefined,
        lengths: seen.shape.slice(1, -1),
      });
      const changed = tf.mul(rowsOf(seen, example, example + 1), masks);
      return besideOthers(changed, { inputs: session.inputs, index: input, example });
    },
  });
  const weights = new Float64Array(planes * channels);
  chosen.forEach((list, plane) => {
    softmax(scores.data.subarray(plane * each, (plane + 1) * each)).forEach((weight, i) => {
      weights[plane * channels + (list[i] as number)] = weight;
    });
  });
  return weights;
}

/**
 * Channels as masks in 0…1, `[k, …, 1]` over the places of the input.
 *
 * @param numbers frame · channels + channel; the mask of a frame's channel leaves the other frames as they are.
 */
function channelMasks(
  activations: Tensor,
  numbers: readonly number[],
  { frames, lengths }: { readonly frames: number | undefined; readonly lengths: readonly number[] },
): Tensor {
  const channels = activations.shape.at(-1) as number;
  const within = frames === undefined ? lengths : lengths.slice(1);
  const places = activations.shape.slice(-1 - within.length, -1);
  const first = tf.transpose(tf.reshape(activations, [frames ?? 1, -1, channels]), [0, 2, 1]);
  const chosen = tf.gather(tf.reshape(first, [-1, ...places, 1]), tf.tensor1d([...numbers], 'int32'));
  const resized = resizePlaces(chosen, within);
  const axes = resized.shape.map((_, axis) => axis).slice(1);
  const low = tf.min(resized, axes, true);
  const masks = divNoNan(tf.sub(resized, low), tf.sub(tf.max(resized, axes, true), low));
  if (frames === undefined) return masks;
  return atFrames(
    masks,
    numbers.map((number) => Math.floor(number / channels)),
    frames,
  );
}

/** Masks `[k, …]` at one frame each, ones at the others: `[k, frames, …]`. */
function atFrames(masks: Tensor, at: readonly number[], frames: number): Tensor {
  const own = tf.reshape(oneHot(tf.tensor1d([...at], 'int32'), frames), [
    at.length,
    frames,
    ...masks.shape.slice(1).map(() => 1),
  ]);
  return tf.add(tf.mul(tf.sub(tf.expandDims(masks, 1), 1), own), 1);
}

/** The channels of a plane with the greatest variance over its places, in their own order. */
function mostVaried({ shape, data }: NdArray, plane: number, most: number): readonly number[] {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const size = rows * columns * channels;
  const own = data.subarray(plane * size, (plane + 1) * size);
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
