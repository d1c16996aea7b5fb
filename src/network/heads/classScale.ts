import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertChoice } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { OutputHead, OutputLink } from '../graph/graph.ts';
import type { Scale } from '../types.ts';
import { describeHead } from './heads.ts';

/** Class scores on a scale, and the pullback of weights on them to what the head holds of each class. */
export interface Scaled {
  readonly values: Tensor2D;
  pullback(weights: Tensor2D): Tensor2D;
}

/** What a head holds of each class, on a scale. */
export function scaled(z: Tensor2D, scale: Scale, head: OutputHead): Scaled {
  return scalingOf(head, scale)(z);
}

/** The scale of a method on a head, where the caller gives none: as near to its own as the head has it. */
export function scaleOn({ link }: OutputHead, preferred: Scale): Scale {
  if (link === 'linear' || link === 'values') return 'logit';
  const hasLogits = scalings[link].logit !== undefined;
  return preferred === 'logit' && !hasLogits ? 'probability' : preferred;
}

/** Refuses what is no scale, and those that a head has not. */
export function assertScale(scale: Scale, head: OutputHead): void {
  scalingOf(head, scale);
}

type Scaling = (z: Tensor2D) => Scaled;

function scalingOf(head: OutputHead, scale: Scale): Scaling {
  assertChoice('scale', scale, ['logit', 'probability', 'logProbability']);
  const known = scalings[head.link];
  const scaling = known[scale];
  if (scaling) return scaling;
  const choices = Object.keys(known).map((name) => `'${name}'`);
  const advice =
    head.link === 'values'
      ? `; say output: 'probabilities' if it holds them, or explain a function of the outputs`
      : '';
  throw new VitrineError(
    'bad-argument',
    `"scale" expected ${choices.join(' or ')} for output "${head.site.address}" (${describeHead(head)}), got "${scale}"${advice}`,
  );
}

const asIs: Scaling = (z) => ({ values: z, pullback: (weights) => weights });

const softmax: Scaling = (z) => {
  const p = tf.softmax(z);
  return { values: p, pullback: (w) => tf.mul(p, tf.sub(w, tf.sum(tf.mul(w, p), 1, true))) };
};

const logSoftmax: Scaling = (z) => ({
  values: tf.logSoftmax(z),
  pullback: (w) => tf.sub(w, tf.mul(tf.softmax(z), tf.sum(w, 1, true))),
});

const sigmoid: Scaling = (z) => {
  const p = tf.sigmoid(z);
  return { values: p, pullback: (w) => tf.mul(w, tf.mul(p, tf.sub(1, p))) };
};

const logSigmoid: Scaling = (z) => ({
  values: tf.logSigmoid(z),
  pullback: (w) => tf.mul(w, tf.sub(1, tf.sigmoid(z))),
});

const log: Scaling = (p) => ({ values: tf.log(p), pullback: (w) => tf.div(w, p) });

const ofSoftmax = { logit: asIs, probability: softmax, logProbability: logSoftmax };
const ofSigmoid = { logit: asIs, probability: sigmoid, logProbability: logSigmoid };
const ofProbabilities = { probability: asIs, logProbability: log };

/** What each scale makes of what a head holds; the scales that a head has not are missing. */
const scalings: Readonly<Record<OutputLink, Partial<Readonly<Record<Scale, Scaling>>>>> = {
  softmax: ofSoftmax,
  sigmoid: ofSigmoid,
  binary: ofSigmoid,
  probabilities: ofProbabilities,
  binaryProbability: ofProbabilities,
  linear: ofSoftmax,
  values: { logit: asIs },
};
