import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import type { OutputHead } from '../../network/graph/graph.ts';
import { assertClasses, sided, unsided } from '../../network/heads/classLogits.ts';
import { assertScale, scaled, scaleOn } from '../../network/heads/classScale.ts';
import { sumOfPair } from '../../network/heads/heads.ts';
import type { Scale } from '../../network/types.ts';
import { assertIndex, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type {
  BoxTarget,
  ContrastTarget,
  DirectionTarget,
  LayersTarget,
  MaskTarget,
  OutputTarget,
  ScoreFunction,
  Target,
  UnitTarget,
} from '../types.ts';
import type { Scorer, TappedValues } from './scorer.ts';

/** The targets that are classes. */
export type ClassTarget = Exclude<
  Target,
  UnitTarget | DirectionTarget | MaskTarget | BoxTarget | OutputTarget | ScoreFunction | LayersTarget
>;

/** The score of a class, or of a contrast of classes, on a scale. A binary model has the classes 0 and 1. */
export function classScorer(
  head: OutputHead,
  { target, scale = scaleOn(head, 'logit'), count }: { target: ClassTarget; scale?: Scale | undefined; count: number },
): Scorer {
  const units = assertClasses(head, 'target');
  assertScale(scale, head);
  const classes = checkClasses(isContrastTarget(target) ? target.class : target, { units, count, argument: 'target' });
  const minus = isContrastTarget(target) ? checkMinus(target.minus, { units, count }) : undefined;
  if (minus !== undefined && minus !== 'rest') assertOther(classes, minus, count);
  return weightedScorer(head, scale, (z, example) => {
    const chosen = classes === 'predicted' ? tf.argMax(z, 1) : tf.tensor1d(pick(classes, example), 'int32');
    return {
      weights: contrast(oneHot(chosen as Tensor1D, units), minus, example),
      classes: chosen as Tensor1D,
    };
  });
}

/** How much each class counts in a score, `[rows, classes]`, and the class of each example that the score is said to be of. */
interface ClassWeights {
  readonly weights: Tensor2D;
  readonly classes?: Tensor1D;
}

/**
 * A weighted sum of class scores on a scale; the weights may depend on the logits of all classes, but are constants.
 *
 * @param weigh is given the logits `[rows, classes]`, a row for each example, of outputs with positions for each position of
 * an example, and the shape of the output.
 */
export function weightedScorer(
  head: OutputHead,
  scale: Scale,
  weigh: (z: Tensor2D, example: Int32Array, shape: readonly number[]) => ClassWeights,
): Scorer {
  const { logits, link } = head;
  const weighed = (record: TappedValues, example: Int32Array) => {
    const tensor = record.value(logits);
    const z = sided(tf.reshape(tensor, [-1, head.site.shape.at(-1) as number]), link);
    return { ...weigh(z, example, tensor.shape), ...scaled(z, scale, head), shape: tensor.shape };
  };
  return {
    taps: [logits],
    score(record, example) {
      const { weights, values, pullback, shape, ...found } = weighed(record, example);
      return {
        score: tf.sum(tf.reshape(tf.mul(values, weights), [example.length, -1]), 1),
        seeds: new Map([[logits, tf.reshape(unsided(pullback(weights), link), shape)]]),
        ...found,
      };
    },
    divide(record, example) {
      const { weights, values, shape } = weighed(record, example);
      const shares = tf.mul(values, weights);
      // Both classes of a binary model are read from its one unit.
      const ofUnits = sumOfPair(link) === undefined ? shares : tf.sum(shares, 1);
      return new Map([[logits, tf.reshape(ofUnits, shape)]]);
    },
  };
}

type Classes = 'predicted' | number | readonly number[];

/** Checks a class, or a list with one for each example. */
export function checkClasses(
  classes: unknown,
  { units, count, argument }: { units: number; count: number; argument: string },
): Classes {
  if (classes === 'predicted') return classes;
  const list: readonly unknown[] | undefined = isClassList(classes) ? [...classes] : undefined;
  if (list && list.length !== count) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected one class for each of ${count} example(s), got ${list.length}`,
    );
  }
  for (const value of list ?? [classes]) {
    assertClass(argument, value);
    assertIndex(value, units, argument);
  }
  return (list ?? classes) as Classes;
}

/** Whether a target is a list with a class for each example. */
export function isClassList(classes: unknown): classes is readonly unknown[] | Int32Array {
  return Array.isArray(classes) || (ArrayBuffer.isView(classes) && 'length' in classes);
}

function assertClass(argument: string, value: unknown): void {
  if (typeof value === 'number') return;
  if (argument !== 'target') {
    const rest = argument === 'target.minus' ? " or 'rest'" : '';
    throw new VitrineError('bad-argument', `"${argument}" expected a class${rest}, got ${describe(value)}`);
  }
  const isHalf = typeof value === 'object' && value !== null && 'class' in value;
  throw new VitrineError(
    'bad-argument',
    isHalf
      ? '"target" expected {class, minus} for a contrast, or the class alone, got {class}'
      : `"target" expected a class, a unit, an output or a function, got ${describe(value)}`,
  );
}

function checkMinus(
  minus: ContrastTarget['minus'],
  { units, count }: { units: number; count: number },
): number | readonly number[] | 'rest' {
  if (minus !== 'rest') {
    return checkClasses(minus, { units, count, argument: 'target.minus' }) as Exclude<Classes, 'predicted'>;
  }
  if (units > 1) return minus;
  throw new VitrineError(
    'bad-argument',
    '"target.minus" expected other classes to compare with, got an output with one unit',
  );
}

/** A contrast of each class with itself is zero throughout. */
function assertOther(classes: Classes, minus: number | readonly number[], count: number): void {
  const of = (given: number | readonly number[], i: number): number =>
    typeof given === 'number' ? given : (given[i] as number);
  const isOther = (i: number): boolean => classes === 'predicted' || of(classes, i) !== of(minus, i);
  if (Array.from({ length: count }, (_, i) => i).some(isOther)) return;
  throw new VitrineError(
    'bad-argument',
    `"target.minus" expected another class than "target.class", got ${describe(minus)}`,
  );
}

/** The class of each row. */
export function pick(classes: number | readonly number[], example: Int32Array): Int32Array {
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
