import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Penalty } from '../../optimization/penalties.ts';
import type { ReadyObjective } from './readyObjective.ts';

/** An objective that sees some of the pictures as if there were no others, whose scores and gradients are 0. */
export function ofSome(
  objective: ReadyObjective,
  { pictures, count }: { readonly pictures: readonly number[]; readonly count: number },
): ReadyObjective {
  if (pictures.length === count && pictures.every((picture, i) => picture === i)) return objective;
  const chosen = (values: Tensor): Tensor => tf.gather(values, tf.tensor1d([...pictures], 'int32'));
  const spread = <T extends Tensor>(values: T): T => spreadOver(values, pictures, count);
  const { picture } = objective;
  return {
    taps: objective.taps,
    score(run) {
      const { score, seeds } = objective.score({ value: (site) => chosen(run.value(site)) });
      return {
        score: spread(score),
        seeds: new Map([...seeds].map(([site, seed]) => [site, spread(seed as Tensor)])),
      };
    },
    ...(picture && {
      picture(all: Tensor4D): Penalty {
        const { value, gradient } = picture(chosen(all) as Tensor4D);
        return { value: spread(value) as Tensor1D, gradient: spread(gradient) };
      },
    }),
  };
}

/** Rows at the places of the pictures that they are of, and zeros at the others: read from a row of zeros before them. */
function spreadOver<T extends Tensor>(values: T, pictures: readonly number[], count: number): T {
  const rows = Int32Array.from({ length: count }, (_, picture) => pictures.indexOf(picture) + 1);
  const zeros = tf.zeros([1, ...values.shape.slice(1)]);
  return tf.gather(tf.concat([zeros, values]), tf.tensor1d(rows, 'int32')) as T;
}
