import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../../backend/kernels/elementwise.ts';
import type { Trace } from '../../../network/record.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { LinearStep } from './linearSteps.ts';
import type { PatternEstimator } from './patterns.ts';

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
  trace: Trace,
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
  { values }: Trace,
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
