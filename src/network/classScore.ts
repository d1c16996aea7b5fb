import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../backend/oneHot.ts';
import { assertChoice } from '../numeric/check.ts';
import type { Head, Site } from './graph.ts';
import { assertIndex, type Scorer, type TappedValues } from './scorer.ts';
import type { ContrastTarget, OutputTarget, Scale, ScoreFunction, Target, UnitTarget } from './types.ts';

/** The targets that are classes. */
export type ClassTarget = Exclude<Target, UnitTarget | OutputTarget | ScoreFunction>;

/** The score of a class, or of a contrast of classes, on a scale. A binary model has the classes 0 and 1. */
export function classScorer(
  head: Head,
  { target, scale, count }: { target: ClassTarget; scale: Scale; count: number },
): Scorer {
  const units = head.link === 'binary' ? 2 : assertClassOutput(head.site);
  assertScale(scale, head.link);
  const classes = checkClasses(isContrastTarget(target) ? target.class : target, { units, count, argument: 'target' });
  const minus = isContrastTarget(target) ? checkMinus(target.minus, { units, count }) : undefined;
  return weightedScorer(head, scale, (z, example) => {
    const chosen = classes === 'predicted' ? tf.argMax(z, 1) : tf.tensor1d(pick(classes, example), 'int32');
    return {
      weights: contrast(oneHot(chosen as Tensor1D, units), minus, example),
      classes: chosen as Tensor1D,
    };
  });
}

/** How much each class counts in a score, `[n, classes]`, and the class that the score is said to be of. */
interface ClassWeights {
  readonly weights: Tensor2D;
  readonly classes?: Tensor1D;
}

/** A weighted sum of class scores on a scale; the weights may depend on the logits of all classes, but are constants. */
export function weightedScorer(
  head: Head,
  scale: Scale,
  weigh: (z: Tensor2D, example: Int32Array) => ClassWeights,
): Scorer {
  const { logits, link } = head;
  const weighed = (record: TappedValues, example: Int32Array) => {
    const tensor = record.value(logits);
    const z = sided(classLogits(tensor, head), link);
    return { ...weigh(z, example), ...scaled(z, scale, link), shape: tensor.shape };
  };
  return {
    taps: [logits],
    score(record, example) {
      const { weights, values, pullback, shape, ...found } = weighed(record, example);
      return {
        score: tf.sum(tf.mul(values, weights), 1),
        seeds: new Map([[logits, tf.reshape(unsided(pullback(weights), link), shape)]]),
        ...found,
      };
    },
    divide(record, example) {
      const { weights, values, shape } = weighed(record, example);
      const shares = tf.mul(values, weights);
      // Both classes of a binary model are read from its one unit.
      return new Map([[logits, tf.reshape(link === 'binary' ? tf.sum(shares, 1) : shares, shape)]]);
    },
  };
}

/** The units of an output that holds one score per class. */
function assertClassOutput({ address, shape }: Site): number {
  const units = shape.at(-1);
  if (typeof units === 'number' && shape.length >= 2 && shape.slice(1, -1).every((length) => length === 1)) {
    return units;
  }
  throw new RangeError(
    `"target" expected an output with one score per class, but "${address}" has shape [${shape.join(', ')}]; give {layer: "${address}", unit} or a function`,
  );
}

type Classes = 'predicted' | number | readonly number[];

function checkClasses(
  classes: unknown,
  { units, count, argument }: { units: number; count: number; argument: string },
): Classes {
  if (classes === 'predicted') return classes;
  if (Array.isArray(classes) && classes.length !== count) {
    throw new RangeError(`"${argument}" expected one class for each of ${count} example(s), got ${classes.length}`);
  }
  const list: readonly unknown[] = Array.isArray(classes) ? classes : [classes];
  list.forEach((value) => assertIndex(value, units, argument));
  return classes as number | readonly number[];
}

function checkMinus(
  minus: ContrastTarget['minus'],
  { units, count }: { units: number; count: number },
): number | readonly number[] | 'rest' {
  if (minus !== 'rest') {
    return checkClasses(minus, { units, count, argument: 'target.minus' }) as number | readonly number[];
  }
  if (units > 1) return minus;
  throw new RangeError('"target.minus" expected other classes to compare with, got an output with one unit');
}

function pick(classes: number | readonly number[], example: Int32Array): Int32Array {
  return example.map((i) => (typeof classes === 'number' ? classes : (classes[i] as number)));
}

function contrast(
  chosen: Tensor2D,
  minus: number | readonly number[] | 'rest' | undefined,
  example: Int32Array,
): Tensor2D {
  if (minus === undefined) return chosen;
  const units = chosen.shape[1];
  if (minus === 'rest') return tf.sub(tf.mul(chosen, units / (units - 1)), 1 / (units - 1));
  return tf.sub(chosen, oneHot(tf.tensor1d(pick(minus, example), 'int32'), units));
}

function isContrastTarget(target: unknown): target is ContrastTarget {
  return typeof target === 'object' && target !== null && 'class' in target && 'minus' in target;
}

/** The logits of an output as one row of classes per example. */
export function classLogits(logits: Tensor, { site }: Head): Tensor2D {
  return tf.reshape(logits, [logits.shape[0] as number, assertClassOutput(site)]);
}

/** The logits of all classes: the one unit of a binary model is that of class 1 and the negative of class 0's. */
function sided(z: Tensor2D, link: Head['link']): Tensor2D {
  return link === 'binary' ? tf.concat2d([tf.neg(z), z], 1) : z;
}

/** The transpose of {@link sided}. */
function unsided(cotangent: Tensor2D, link: Head['link']): Tensor2D {
  if (link !== 'binary') return cotangent;
  const [negative, positive] = tf.split(cotangent, 2, 1) as [Tensor2D, Tensor2D];
  return tf.sub(positive, negative);
}

/** Refuses scales that are none, and probabilities of a single unit that is not one. */
function assertScale(scale: Scale, link: Head['link']): void {
  assertChoice('scale', scale, ['logit', 'probability', 'logProbability']);
  if (link !== 'none' || scale === 'logit') return;
  throw new RangeError(`"scale" expected 'logit' for a linear output with one unit, got "${scale}"`);
}

/** Class scores on a scale, and the pullback of weights on them to the logits. */
export function scaled(
  z: Tensor2D,
  scale: Scale,
  link: Head['link'],
): { values: Tensor2D; pullback: (weights: Tensor2D) => Tensor2D } {
  assertScale(scale, link);
  if (scale === 'logit') return { values: z, pullback: (weights) => weights };
  return link === 'softmax' ? softmaxScaled(z, scale) : sigmoidScaled(z, scale);
}

function softmaxScaled(z: Tensor2D, scale: 'probability' | 'logProbability'): ReturnType<typeof scaled> {
  const p = tf.softmax(z);
  if (scale === 'logProbability') {
    return { values: tf.logSoftmax(z), pullback: (w) => tf.sub(w, tf.mul(p, tf.sum(w, 1, true))) };
  }
  return { values: p, pullback: (w) => tf.mul(p, tf.sub(w, tf.sum(tf.mul(w, p), 1, true))) };
}

function sigmoidScaled(z: Tensor2D, scale: 'probability' | 'logProbability'): ReturnType<typeof scaled> {
  const p = tf.sigmoid(z);
  if (scale === 'logProbability') {
    return { values: tf.logSigmoid(z), pullback: (w) => tf.mul(w, tf.sub(1, p)) };
  }
  return { values: p, pullback: (w) => tf.mul(w, tf.mul(p, tf.sub(1, p))) };
}
