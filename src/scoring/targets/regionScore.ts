import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import type { OutputHead } from '../../network/graph/graph.ts';
import { openShapeText } from '../../network/graph/site.ts';
import { assertScale, scaleOn } from '../../network/heads/classScale.ts';
import { classCount } from '../../network/heads/heads.ts';
import type { Scale } from '../../network/types.ts';
import { assertArray, assertFiniteArray, assertIndex } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape, sizeOf } from '../../numeric/ndarray.ts';
import { oneOf } from '../../numeric/options.ts';
import type { BoxTarget, MaskTarget } from '../types.ts';
import { checkClasses, pick, weightedScorer } from './classScore.ts';
import type { Scorer } from './scorer.ts';

interface Request<T> {
  readonly target: T;
  readonly scale?: Scale | undefined;
  readonly count: number;
}

/** The score of a class over the positions inside a mask. */
export function maskScorer(head: OutputHead, { target, scale, count }: Request<MaskTarget>): Scorer {
  const { mask, reduce = 'mean' } = target;
  oneOf(['mean', 'sum'])('target.reduce', reduce);
  const isOfEach = mask.shape.length === head.site.shape.length - 1;
  if (isOfEach && mask.shape[0] !== count) {
    throw new VitrineError(
      'bad-shape',
      `"target.mask" expected a mask for each of ${count} example(s), got ${mask.shape[0]}`,
    );
  }
  const positions = mask.shape.slice(isOfEach ? 1 : 0);
  const masks = maskWeights(target, sizeOf(positions), reduce);
  return regionScorer(head, {
    target,
    scale,
    count,
    weights(example, shape) {
      if (!sameShape(shape.slice(1, -1), positions)) throw maskRefusal([head], target);
      if (!isOfEach) return tf.tensor2d(masks[0] as Float32Array, [1, sizeOf(positions)]);
      return tf.stack(Array.from(example, (i) => tf.tensor1d(masks[i] as Float32Array)));
    },
  });
}

/** The score of a class for one box. */
export function boxScorer(head: OutputHead, { target, scale, count }: Request<BoxTarget>): Scorer {
  assertIndex(target.box, head.site.shape[1] ?? Number.POSITIVE_INFINITY, 'target.box');
  return regionScorer(head, {
    target,
    scale,
    count,
    weights(_example, [, boxes]) {
      assertIndex(target.box, boxes as number, 'target.box');
      return oneHot(tf.tensor1d([target.box], 'int32'), boxes as number);
    },
  });
}

/** The first output that has the positions of a mask. */
export function maskHead(heads: readonly OutputHead[], target: MaskTarget): OutputHead {
  assertArray('target.mask', target.mask, [1, 2, 3, 4]);
  assertFiniteArray('target.mask', target.mask);
  const { shape } = target.mask;
  const found = heads.find(({ site }) => {
    const positions = site.shape.slice(1, -1);
    const own = shape.slice(shape.length - positions.length);
    const isOfAll = shape.length === positions.length;
    return (
      positions.length > 0 &&
      (isOfAll || shape.length === positions.length + 1) &&
      positions.every((length, axis) => length === null || length === own[axis])
    );
  });
  if (found) return found;
  throw maskRefusal(heads, target);
}

/** The first output of boxes with scores, of several classes or of one; not that with the edges of each box. */
export function boxHead(heads: readonly OutputHead[]): OutputHead {
  const lists = heads.filter(({ site }) => site.shape.length === 3);
  const found = lists.length === 1 ? lists[0] : lists.find(({ site }) => site.shape[2] !== 4);
  if (found) return found;
  throw new VitrineError(
    'bad-shape',
    `"target" expected an output [n, boxes, classes] for a box, got ${listed(heads)}; name one of several by {output, target}`,
  );
}

/** The score of a class at positions that count by weights `[n or 1, positions]`. */
function regionScorer(
  head: OutputHead,
  {
    target,
    scale = scaleOn(head, 'logit'),
    count,
    weights,
  }: Request<MaskTarget | BoxTarget> & {
    readonly weights: (example: Int32Array, shape: readonly number[]) => Tensor;
  },
): Scorer {
  assertScale(scale, head);
  const units = classCount(head) ?? 0;
  const classes = checkClasses(target.class, { units, count, argument: 'target.class' });
  if (classes === 'predicted') {
    throw new VitrineError('bad-argument', '"target.class" expected a class, got "predicted"');
  }
  return weightedScorer(head, scale, (z, example, shape) => {
    const chosen = oneHot(tf.tensor1d(pick(classes, example), 'int32') as Tensor1D, units);
    const all = tf.mul(tf.expandDims(weights(example, shape), 2), tf.expandDims(chosen, 1));
    return { weights: tf.reshape(all, z.shape) as Tensor2D };
  });
}

/** The masks one by one; the inside of each weighs 1, or each position the same and all together 1. */
function maskWeights({ mask }: MaskTarget, size: number, reduce: 'mean' | 'sum'): readonly Float32Array[] {
  return Array.from({ length: mask.data.length / size }, (_, i) => {
    const inside = Float32Array.from(mask.data.subarray(i * size, (i + 1) * size), (value) => Number(value !== 0));
    const area = inside.reduce((sum, value) => sum + value, 0);
    if (area === 0) throw new VitrineError('bad-argument', '"target.mask" expected positions inside, got none');
    return reduce === 'mean' ? inside.map((value) => value / area) : inside;
  });
}

function maskRefusal(heads: readonly OutputHead[], { mask }: MaskTarget): VitrineError {
  return new VitrineError(
    'bad-shape',
    `"target.mask" expected the positions of an output, which are [h, w] of [n, h, w, classes], got shape [${mask.shape.join(', ')}] for ${listed(heads)}`,
  );
}

function listed(heads: readonly OutputHead[]): string {
  return heads.map(({ site }) => `"${site.address}" ${openShapeText(site.shape)}`).join(', ');
}
