import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import type { Site } from '../../network/graph/graph.ts';
import { assertPosition, type LayerPosition, positionNumber } from '../../network/graph/site.ts';
import { assertChoice } from '../../numeric/check.ts';
import { type Check, kind } from '../../numeric/options.ts';
import type { UnitTarget } from '../types.ts';
import { type Scorer, timesUnits } from './scorer.ts';

/** A linear reading of the units of a layer, and where. */
interface PlaceReading {
  /** `'mean'` by default. */
  readonly position: UnitTarget['position'];
  /** What is read at each position, `[n, positions]`, of activations `[n, positions, units]`. */
  readonly values: (activation: Tensor3D) => Tensor2D;
  /** How much each unit counts in it, `[1, units]`. */
  readonly weights: (units: number) => Tensor2D;
}

/** The score that is read at one position of a layer, or from all of them. */
export function placeScorer(site: Site, { position = 'mean', values, weights }: PlaceReading): Scorer {
  assertPlace('target.position', position, site);
  const score: Scorer['score'] = (record) => {
    const activation = record.value(site);
    const [rows, units] = [activation.shape[0] as number, activation.shape.at(-1) as number];
    const read = values(tf.reshape(activation, [rows, -1, units]));
    const ofPlaces = positionWeights(read, position, activation.shape);
    const seed = tf.reshape(tf.mul(tf.expandDims(ofPlaces, 2), weights(units)), activation.shape);
    return { score: tf.sum(tf.mul(read, ofPlaces), 1), seeds: new Map([[site, seed]]) };
  };
  return { taps: [site], score, divide: (record, example) => timesUnits(score(record, example).seeds, record) };
}

type Position = NonNullable<UnitTarget['position']>;

/** How much each position counts, `[n, positions]`. */
function positionWeights(values: Tensor2D, position: Position, shape: readonly number[]): Tensor2D {
  const [rows, positions] = values.shape;
  if (position === 'sum') return tf.onesLike(values);
  if (position === 'mean') return tf.fill([rows, positions], 1 / positions);
  const index = position === 'max' ? tf.argMax(values, 1) : tf.fill([rows], placeNumber(position, shape), 'int32');
  return oneHot(index as Tensor1D, positions);
}

/** The number of a position in an activation of a shape, counted along rows. */
export function placeNumber(position: LayerPosition | 'center', shape: readonly number[]): number {
  if (position !== 'center') return positionNumber(position, shape);
  return shape.slice(1, -1).reduce((number, length) => number * length + Math.floor(length / 2), 0);
}

const reductions = ['max', 'mean', 'sum', 'center'] as const;

/** Refuses what cannot be a position or a way to reduce all of them; whether a layer has it, the layer says. */
export const place: Check = kind(`one of ${reductions.join(', ')}, or a list of indices`, (value) => {
  if (!Array.isArray(value)) return reductions.includes(value as 'max');
  return value.length > 0 && value.every((index) => Number.isInteger(index) && index >= 0);
});

/** Refuses what is neither a position in a layer nor a way to reduce all of them. */
export function assertPlace(
  argument: string,
  position: Position,
  site: Pick<Site, 'address' | 'shape' | 'perFrame'>,
): void {
  if (typeof position === 'string') assertChoice(argument, position, reductions);
  else assertPosition(argument, position, site);
}
