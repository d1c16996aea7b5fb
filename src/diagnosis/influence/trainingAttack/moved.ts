import * as tf from '@tensorflow/tfjs-core';
import { onceInTurn } from '../../../backend/inTurn.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { lengthOf, projected } from '../../attacks/field/ball.ts';
import { headFeatures } from '../head/headFeatures.ts';
import { type TrainedHead, type TrainingField, trainedOn } from './field.ts';

interface Change {
  /** Which training images. */
  readonly chosen: readonly number[];
  /** As they were given, and as they are. */
  readonly given: NdArray;
  readonly images: NdArray;
  readonly slopes: NdArray;
}

/** Moves the chosen images a step down their slopes, and trains the head on them. */
export async function moved(
  field: TrainingField,
  head: TrainedHead,
  { chosen, given, images, slopes }: Change,
): Promise<{ images: NdArray; head: TrainedHead }> {
  const { ball, network, dense, options } = field;
  const tensorOf = (array: NdArray) => rowsOf(array, 0, array.shape[0] as number);
  const { next } = await onceInTurn(() => {
    const step = tf.mul(tf.sign(tensorOf(slopes)), lengthOf(ball, options.stepShare ?? 0.1));
    return { next: projected(tf.sub(tensorOf(images), step), tensorOf(given), ball) };
  }, options.signal);
  const { batchSize, signal } = options;
  const run = { ...(batchSize !== undefined && { batchSize }), ...(signal && { signal }) };
  const features = await headFeatures(network, dense, { inputs: [next], run });
  return { images: next, head: await trainedOn(field, withFeatures(head.problem, chosen, features)) };
}

/** A problem in which some examples have other features; a constant column stays. */
function withFeatures<P extends TrainedHead['problem']>(
  problem: P,
  chosen: readonly number[],
  { shape, data }: NdArray,
): P {
  const { columns } = problem.features;
  const width = shape[1] as number;
  const values = Float64Array.from(problem.features.values);
  chosen.forEach((row, i) => {
    values.set(data.subarray(i * width, (i + 1) * width), row * columns);
  });
  return { ...problem, features: { ...problem.features, values } };
}
