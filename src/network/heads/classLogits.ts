import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { OutputHead, OutputLink } from '../graph/graph.ts';
import { openShapeText, positionText } from '../graph/site.ts';
import { classCount, sumOfPair } from './heads.ts';

/** The number of classes of an output that holds one score of each; `undefined` for boxes and maps. */
export function classesIn(head: OutputHead): number | undefined {
  const { shape } = head.site;
  const isVector = shape.length >= 2 && shape.slice(1, -1).every((length) => length === 1);
  return isVector ? classCount(head) : undefined;
}

/** Refuses outputs that do not hold one score of each class, and counts them. */
export function assertClasses(head: OutputHead, argument: string): number {
  const classes = classesIn(head);
  if (classes !== undefined) return classes;
  const { address, shape } = head.site;
  const position = positionText(head.site);
  const unit = position === undefined ? 'unit' : `unit, position: ${position}`;
  const advice = argument === 'target' ? `; give {layer: "${address}", ${unit}} or a function` : '';
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected an output with one score per class, but "${address}" has shape ${openShapeText(shape)}${advice}`,
  );
}

/** What an output holds of its units, as one row per example. */
export function classLogits(logits: Tensor, { site }: OutputHead): Tensor2D {
  return tf.reshape(logits, [logits.shape[0] as number, site.shape.at(-1) as number]);
}

/** The scores of all classes: where both have one unit, it is that of class 1. */
export function sided(z: Tensor2D, link: OutputLink): Tensor2D {
  const sum = sumOfPair(link);
  return sum === undefined ? z : tf.concat2d([tf.sub<Tensor2D>(sum, z), z], 1);
}

/** The transpose of {@link sided}, but for what it adds. */
export function unsided(cotangent: Tensor2D, link: OutputLink): Tensor2D {
  if (sumOfPair(link) === undefined) return cotangent;
  const [negative, positive] = tf.split(cotangent, 2, 1) as [Tensor2D, Tensor2D];
  return tf.sub(positive, negative);
}
