import * as tf from '@tensorflow/tfjs-core';
import { classScores } from '../../network/predict.ts';
import type { Input, Model } from '../../network/types.ts';
import { assertIndex, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { kind, number, type OptionChecks } from '../../numeric/options.ts';
import { endpoint } from '../../scoring/scoreAt.ts';
import { explain, type Session } from '../../scoring/session.ts';
import { weightedScorer } from '../../scoring/targets/classScore.ts';
import { isContrast } from '../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type CamOptions, camChecks, mapOf } from './cam.ts';

/** What {@link finerCam} compares with. */
export interface FinerCamOptions extends CamOptions {
  /** How many of the classes with the highest scores beside the explained one, or which classes; 3 by default. */
  readonly similar?: number | readonly number[];
  /** How much the similar classes count, α; 1 by default. */
  readonly strength?: number;
  /** The class, or one per example; the predicted one by default. */
  readonly target?: 'predicted' | number | readonly number[] | Int32Array;
}

const checks: OptionChecks<ExplainOptions & FinerCamOptions> = {
  ...camChecks,
  similar: kind('a number of classes or a list of them', (value) => typeof value === 'number' || isList(value)),
  strength: number(0),
};

/**
 * Finer-CAM: what speaks for a class rather than for the classes most like it.
 *
 * Grad-CAM of $F_c - \alpha\, \mathrm{mean}_{d \in \text{similar}} F_d$; by default with the (at most three) classes that come next at x.
 *
 * Source: Zhang et al. 2025, "Finer-CAM: spotting the difference reveals finer details for visual explanation", Eq. (4).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`, with at least two classes.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `similar`, `strength`, `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size; `score` is the difference that is explained.
 * @throws {VitrineError} if there are not so many other classes, or `similar` has the explained one; else as {@link gradCam}.
 * @example
 * ```ts
 * import { finerCam } from 'vitrine';
 * const { values } = await finerCam(model, x, { layer: 'conv3', similar: 2 });
 * ```
 */
export async function finerCam(
  model: Model,
  x: Input,
  options: ExplainOptions & FinerCamOptions = {},
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, own) => {
    const scorer = await differenceScorer(session, own);
    const map = await mapOf({ ...session, scorer }, own, {
      method: 'finerCam',
      read: (activations, gradients) => tf.sum(tf.mul(tf.mean(gradients, [1, 2], true), activations), 3),
    });
    return { ...map, explained: { ...map.explained, target: 'function' } };
  });
}

/** The score of each example's class less a share of the mean of the classes like it. */
async function differenceScorer(
  session: Session,
  { target = 'predicted', similar, strength = 1 }: FinerCamOptions,
): Promise<Scorer> {
  const { network, inputs, head, scale, scorer } = session;
  if (!head || isContrast(target)) {
    throw new VitrineError('bad-argument', '"target" expected a class or one per example');
  }
  const at = await endpoint(session, inputs, { sites: [], scorer });
  const classes = Int32Array.from((at.classes as NdArray).data);
  const { onProgress: _, ...run } = session.options;
  const scores = await classScores(network, inputs, { ...run, head });
  const units = scores.shape[1] as number;
  const others = similarClasses(scores, [...classes], similar);
  const weights = Array.from(classes, (own, example) => {
    const row = new Float32Array(units).fill(1, own, own + 1);
    for (const { [example]: other } of others) row[other as number]! -= strength / others.length;
    return row;
  });
  return weightedScorer(head, scale, (_z, example) => ({
    weights: tf.tensor2d(Array.from(example, (i) => [...(weights[i] as Float32Array)])),
    classes: tf.tensor1d(
      example.map((i) => classes[i] as number),
      'int32',
    ),
  }));
}

/** The classes to compare with, as targets: in each one class per example. */
function similarClasses(
  scores: NdArray,
  classes: readonly number[],
  similar: number | readonly number[] | undefined,
): readonly (readonly number[])[] {
  const units = scores.shape[1] as number;
  if (units < 2) {
    throw new VitrineError('unsupported', `"model" expected at least two classes to compare, got ${units}`);
  }
  if (typeof similar === 'object')
    return similar.map((other, i) => {
      assertIndex(other, units, `similar[${i}]`);
      if (!classes.includes(other)) return classes.map(() => other);
      throw new VitrineError(
        'bad-argument',
        `"similar" expected classes other than the one that is explained, got ${other}`,
      );
    });
  const count = similar ?? Math.min(3, units - 1);
  assertInteger('similar', count, [1, units - 1]);
  const ranked = classes.map((own, example) => {
    const row = rowOf(scores, example);
    const order = Array.from(row.keys()).filter((unit) => unit !== own);
    return order.sort((a, b) => (row[b] as number) - (row[a] as number));
  });
  return Array.from({ length: count }, (_, rank) => ranked.map((order) => order[rank] as number));
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
