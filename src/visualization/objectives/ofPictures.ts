import * as tf from '@tensorflow/tfjs-core';
import { Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import { callback } from '../../numeric/options.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import { gradientsByTape } from '../../scoring/gradientsByTape.ts';
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
      return isPenalty(found) ? checkedPenalty(found, pictures) : taped(picture, found, pictures);
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

/** The gradient of a score that brings none. */
function taped(picture: PictureObjective['picture'], value: Tensor1D, pictures: Tensor4D): Penalty {
  assertScore(value, pictures);
  const score = (x: Tensor): Tensor => picture(x as Tensor4D) as Tensor;
  return { value, gradient: gradientsByTape(score, [pictures], tf.onesLike(value))[0] as Tensor };
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
