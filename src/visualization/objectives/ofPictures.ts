import * as tf from '@tensorflow/tfjs-core';
import { Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
// The tape finds its gradients once this is loaded.
import '@tensorflow/tfjs-layers';
import { freedOnError } from '../../backend/freedOnError.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import { callback } from '../../numeric/options.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import type { PictureObjective } from './objective.ts';
import type { ReadyObjective } from './readyObjective.ts';

/** A score of the pictures themselves; of one that brings no gradient the tape finds it. */
export function ofPictures({ picture }: PictureObjective, count: number): ReadyObjective {
  callback('objective.picture', picture);
  return {
    taps: [],
    score: () => ({ score: tf.zeros([count]), seeds: new Map() }),
    picture(pictures) {
      const found = picture(pictures);
      return isPenalty(found) ? checkedPenalty(found, pictures) : taped(picture, pictures);
    },
  };
}

function isPenalty(found: unknown): found is Penalty {
  return typeof found === 'object' && found !== null && 'value' in found && 'gradient' in found;
}

function checkedPenalty(penalty: Penalty, pictures: Tensor4D): Penalty {
  assertScore(penalty.value, pictures);
  const { gradient } = penalty;
  if (gradient instanceof Tensor && sameShape(gradient.shape, pictures.shape)) return penalty;
  throw refusal(`a gradient of shape [${pictures.shape.join(', ')}]`, gradient);
}

function taped(picture: PictureObjective['picture'], pictures: Tensor4D): Penalty {
  const score = (x: Tensor): Tensor => {
    const found = picture(x as Tensor4D) as Tensor;
    assertScore(found, pictures);
    // The tape refuses a function that leaves its argument out.
    return tf.add(found, tf.mul(tf.sum(x), 0));
  };
  const ones = tf.ones([pictures.shape[0]]);
  const { value, grad } = freedOnError(() => tf.valueAndGrad(score)(pictures, ones));
  return { value: value as Tensor1D, gradient: grad };
}

function assertScore(score: unknown, { shape: [count] }: Tensor4D): void {
  if (score instanceof Tensor && score.rank === 1 && score.shape[0] === count) return;
  throw refusal(`shape [${count}], a score for each picture`, score);
}

function refusal(expected: string, got: unknown): VitrineError {
  const shown = got instanceof Tensor ? `[${got.shape.join(', ')}]` : describe(got);
  return new VitrineError(
    'bad-shape',
    `"objective.picture" expected a function that returns ${expected}, got ${shown}`,
  );
}
