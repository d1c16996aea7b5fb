import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../../network/graph/graph.ts';
import type { Chunk } from '../../../network/walk/batches.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import type { ImageInput } from '../../../scoring/placedInput.ts';
import { exampleRange, type Session } from '../../../scoring/session.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import { areaPenalty } from './areaPenalty.ts';
import { type BlurPyramid, blend, blurPyramid } from './blurPyramid.ts';
import type { MaskEvaluation } from './learnMasks.ts';
import { scoreGradient } from './scoreGradient.ts';
import { type Lattice, type LatticeTensors, latticeTensors, smoothMax } from './smoothMax.ts';

/** The most reward for a mask of one area. */
export interface ExtremalGame {
  readonly image: ImageInput;
  readonly lattice: Lattice;
  /** The pictures of all examples at each level of blurring, of {@link blurLevels}. */
  readonly blurred: readonly NdArray[];
  /** Which score counts for a reward. */
  readonly scorer: Scorer;
  /** What is looked at: what the mask keeps, and what is left when it is deleted. */
  readonly sides: readonly Side[];
  readonly area: number;
  /** The weight of the area in an iteration. */
  readonly areaWeight: (iteration: number) => number;
  /** Whether every other iteration sees the mirror image. */
  readonly flip: boolean;
}

/** What the mask keeps shall have a high score, what is left without it a low one. */
type Side = 'kept' | 'left';

/** What every iteration on some examples needs. */
export interface ExtremalTensors {
  /** One tensor for each input of the model. */
  readonly inputs: readonly Tensor[];
  readonly pyramid: BlurPyramid;
  readonly lattice: LatticeTensors;
}

/** The tensors of examples that are played on. */
export function extremalTensors(
  session: Session,
  { lattice, blurred }: ExtremalGame,
  { start, end }: Chunk,
): ExtremalTensors {
  const levels = blurred.map(({ shape, data }) => {
    const size = sizeOf(shape.slice(1));
    return { shape: [end - start, ...shape.slice(1)], data: data.subarray(start * size, end * size) };
  });
  return {
    inputs: session.rows(start, end),
    pyramid: blurPyramid(levels),
    lattice: latticeTensors(lattice),
  };
}

/** The reward that parameters of masks earn in one iteration, and the gradient of what is minimised. */
export function extremalLoss(
  session: Session,
  game: ExtremalGame,
  at: { parameters: Tensor3D; tensors: ExtremalTensors; chunk: Chunk; iteration: number },
): MaskEvaluation {
  const { mask, pullback } = smoothMax(at.parameters, at.tensors.lattice, game.lattice);
  const rewards = game.sides.map((side) => rewardOf(session, game, { ...at, mask, side }));
  const area = areaPenalty(mask, game.area);
  const slope = rewards.reduce<Tensor>(
    (sum, { gradient }) => tf.sub(sum, gradient),
    tf.mul(area.gradient, game.areaWeight(at.iteration)),
  );
  return {
    mask,
    curve: tf.addN(rewards.map(({ reward }) => reward)),
    gradient: pullback(slope as Tensor3D),
  };
}

function rewardOf(
  { network }: Session,
  { image, scorer, flip }: ExtremalGame,
  {
    mask,
    side,
    tensors,
    chunk,
    iteration,
  }: { mask: Tensor3D; side: Side; tensors: ExtremalTensors; chunk: Chunk; iteration: number },
): { reward: Tensor1D; gradient: Tensor3D } {
  const sign = side === 'kept' ? 1 : -1;
  const shown = blend(tensors.pyramid, side === 'kept' ? mask : tf.sub(1, mask));
  const mirrored = (pictures: Tensor): Tensor => (flip && iteration % 2 === 0 ? tf.reverse(pictures, 2) : pictures);
  const { score, gradient } = scoreGradient(network, {
    rows: tensors.inputs.map((input, i) => (i === image.index ? mirrored(shown.pictures) : input)),
    examples: exampleRange(chunk.start, chunk.end),
    scorer,
    site: network.inputs[image.index] as Site,
  });
  // Left is 1 − mask, and its score is a loss: the two signs cancel.
  return { reward: tf.mul(score, sign), gradient: shown.pullback(mirrored(gradient) as Tensor4D) };
}
