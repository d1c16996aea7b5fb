import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SeparableMap } from '../../../backend/separable.ts';
import type { Site } from '../../../network/graph/graph.ts';
import type { Chunk } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { random } from '../../../numeric/random.ts';
import { totalVariation } from '../../../optimization/penalties.ts';
import { masked } from '../../../scoring/masking.ts';
import type { ImageInput } from '../../../scoring/placedInput.ts';
import { exampleRange, type Session } from '../../../scoring/session.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import { drawPlaces, moved, withMargin } from './jitter.ts';
import type { MaskEvaluation } from './learnMasks.ts';
import { type MaskUpsampling, upsampled, upsampledGradient, upsamplingMap } from './maskUpsampling.ts';
import { scoreGradient } from './scoreGradient.ts';

/** The deletion game of Fong and Vedaldi: a low score for little hiding. */
export interface DeletionGame {
  readonly image: ImageInput;
  /** What the image looks like where it is hidden. */
  readonly hidden: NdArray;
  readonly scorer: Scorer;
  readonly upsampling: MaskUpsampling;
  /** To how many places along each axis the image is moved. */
  readonly jitter: number;
  readonly sparsity: number;
  readonly smoothness: number;
  readonly beta: number;
}

/** What every iteration on some examples needs. */
export interface DeletionTensors {
  /** One tensor for each input of the model. */
  readonly inputs: readonly Tensor[];
  /** The image with a margin, and what it looks like hidden. */
  readonly shown: Tensor4D;
  readonly hidden: Tensor4D;
  readonly map: SeparableMap;
}

/** The tensors of examples that are played on. */
export function deletionTensors(
  session: Session,
  { image, hidden, jitter, upsampling }: DeletionGame,
  { start, end }: Chunk,
): DeletionTensors {
  const inputs = session.rows(start, end);
  return {
    inputs,
    shown: withMargin(inputs[image.index] as Tensor4D, jitter),
    hidden: withMargin(rowsOf(hidden, start, end) as Tensor4D, jitter),
    map: upsamplingMap(upsampling),
  };
}

/** The loss of coarse masks in one iteration and its gradient. */
export function deletionLoss(
  { network, options }: Session,
  { image, scorer, jitter, sparsity, smoothness, beta }: DeletionGame,
  { mask, tensors, chunk, iteration }: { mask: Tensor3D; tensors: DeletionTensors; chunk: Chunk; iteration: number },
): MaskEvaluation {
  const examples = exampleRange(chunk.start, chunk.end);
  const places = drawPlaces(
    [...examples].map((example) => random(options.seed ?? 0, example, iteration)),
    jitter,
  );
  const [shown, hidden] = [tensors.shown, tensors.hidden].map((picture) => moved(picture, places, image.plane)) as [
    Tensor4D,
    Tensor4D,
  ];
  const keep = upsampled(mask, tensors.map);
  const perturbed = masked({ shown, hidden }, tf.expandDims(keep, 3));
  const { score, gradient } = scoreGradient(network, {
    rows: tensors.inputs.map((input, i) => (i === image.index ? perturbed : input)),
    examples,
    scorer,
    site: network.inputs[image.index] as Site,
  });
  const slope = upsampledGradient(tf.sum(tf.mul(gradient, tf.sub(shown, hidden)), 3), tensors.map);
  const variation = totalVariation(mask, beta);
  const price = tf.mul(tf.sum(tf.sub(1, mask), [1, 2]), sparsity);
  return {
    mask: keep,
    curve: tf.add(score, tf.add(price, tf.mul(variation.value, smoothness))) as Tensor1D,
    gradient: tf.add(tf.sub(slope, sparsity), tf.mul(variation.gradient, smoothness)) as Tensor3D,
  };
}
