import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../../backend/kernels/elementwise.ts';
import type { WalkTrace } from '../../../network/walk/record.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { LinearStep } from './linearSteps.ts';
import type { PatternEstimator } from './patterns.ts';

/** What a pattern is computed from: sums over samples, each a position of an example. */
export interface Moments {
  /** Over the samples at which the unit is active, in the shape of the kernel: Σ x and Σ x y. */
  readonly x: Float64Array;
  readonly xy: Float64Array;
  /** Over all samples, per unit: Σ y. */
  readonly y: Float64Array;
  readonly samples: number;
}

/** Moments with those of one more batch; the units are the last axis of the kernel, or the last two as one. */
export function withBatch(
  before: Moments | undefined,
  { x, xy, centre, rest, samples }: BatchMoments<NdArray>,
): Moments {
  const units = centre.data.length;
  const moments = before ?? zeroMoments(x.data.length, units);
  const count = at(samples.data, 0);
  for (let unit = 0; unit < units; unit++) {
    moments.y[unit] = at(moments.y, unit) + count * (at(centre.data, unit) + at(rest.data, unit));
  }
  for (let k = 0; k < x.data.length; k++) {
    moments.x[k] = at(moments.x, k) + at(x.data, k);
    moments.xy[k] = at(moments.xy, k) + at(xy.data, k) + at(centre.data, k % units) * at(x.data, k);
  }
  return { ...moments, samples: moments.samples + count };
}

/**
 * a = (E₊[x y] − E₊[x] E[y]) / wᵀ(E₊[x y] − E₊[x] E[y]), so that wᵀa = 1; Eqs. (6) and (9), Kindermans et al. 2018.
 * A unit that never was active, or never varied, has no pattern but zero.
 */
export function patternOf({ x, xy, y, samples }: Moments, kernel: NdArray): NdArray {
  const units = y.length;
  const covariance = xy.map((sum, k) => sum - (at(x, k) * at(y, k % units)) / samples);
  const scale = new Float64Array(units);
  covariance.forEach((value, k) => {
    scale[k % units] = at(scale, k % units) + at(kernel.data, k) * value;
  });
  const isStill = (unit: number): boolean => Math.abs(at(scale, unit)) <= (constant * at(y, unit) ** 2) / samples;
  const data = Float32Array.from(covariance, (value, k) => (isStill(k % units) ? 0 : value / at(scale, k % units)));
  return { shape: kernel.shape, data };
}

/** The variance of float32 numbers that should be one constant, in squares of it; far below any that says something. */
const constant = 1e-10;

function zeroMoments(weights: number, units: number): Moments {
  return { x: new Float64Array(weights), xy: new Float64Array(weights), y: new Float64Array(units), samples: 0 };
}

function at(values: Float64Array | Float32Array, index: number): number {
  return values[index] as number;
}

/** Sums of a batch over examples and positions, with y about its mean: Σ x y less Σ x Σ y would cancel digits. */
export interface BatchMoments<T> {
  /** Σ x of what each weight meets while the unit is active, in the shape of the kernel. */
  readonly x: T;
  /** Σ x (y − centre) likewise. */
  readonly xy: T;
  /** A number near the mean y of all samples, active or not, per unit, and the mean of y − centre. */
  readonly centre: T;
  readonly rest: T;
  /** The number of samples, `[1]`. */
  readonly samples: T;
}

/** The moments at every step, by name. */
export function batchMoments(
  steps: readonly LinearStep[],
  trace: WalkTrace,
  estimator: PatternEstimator,
): Record<string, Tensor> {
  const named = steps.map((step) => {
    const { x, xy, centre, rest, samples } = tf.tidy(() => ({ ...momentsAt(step, trace, estimator) }));
    const names = namesAt(step);
    return { [names.x]: x, [names.xy]: xy, [names.centre]: centre, [names.rest]: rest, [names.samples]: samples };
  });
  return Object.assign({}, ...named);
}

/** Those of one step. */
export function momentsOf(part: Readonly<Record<string, NdArray>>, step: LinearStep): BatchMoments<NdArray> {
  const { x, xy, centre, rest, samples } = namesAt(step);
  const read = (name: string): NdArray => part[name] as NdArray;
  return { x: read(x), xy: read(xy), centre: read(centre), rest: read(rest), samples: read(samples) };
}

function namesAt({ output }: LinearStep): BatchMoments<string> {
  const name = (sum: string): string => `${sum} at ${output}`;
  return { x: name('x'), xy: name('xy'), centre: name('centre'), rest: name('rest'), samples: name('samples') };
}

function momentsAt(
  { operation, input, output, activation }: LinearStep,
  { values }: WalkTrace,
  estimator: PatternEstimator,
): BatchMoments<Tensor> {
  const [x, z] = [values.get(input) as Tensor, values.get(output) as Tensor];
  const { bias } = operation.parameters;
  // y = wᵀx has no bias, but whether a unit is active depends on it.
  const y = bias ? tf.sub(z, channelRow(bias)) : z;
  const centre = meanPerUnit(y);
  const centred = tf.sub(y, channelRow(centre));
  // Of a unit without an activation every sample counts: then both estimators are the linear one.
  const active =
    estimator === 'twoComponent' && activation ? tf.step(activation.forward([z])) : (tf.onesLike(z) as Tensor);
  const met = (cotangent: Tensor): Tensor => operation.kernelPullback?.(cotangent, { inputs: [x] }) as Tensor;
  const samples = tf.tensor1d([z.size / centre.size]);
  return { x: met(active), xy: met(tf.mul(active, centred)), centre, rest: meanPerUnit(centred), samples };
}

function meanPerUnit(y: Tensor): Tensor {
  return tf.mean(tf.reshape(y, [-1, y.shape.at(-1) as number]), 0);
}
