import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../../../network/network.ts';
import { signalAt } from '../../../network/walk/signals.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { random } from '../../../numeric/random.ts';
import { minimize } from '../../../optimization/minimize.ts';
import { sgd } from '../../../optimization/sgd.ts';
import { asTheyAre, scoredPictures, type Viewer } from '../../ascent/scoredPictures.ts';
import type { ReadyObjective } from '../../objectives/readyObjective.ts';
import { type Direction, directionOf } from './codeDirection.ts';
import type { CodePrior } from './codePrior.ts';
import type { Sampler } from './samplers.ts';
import type { Observed } from './types.ts';

/** Samples of one objective that are made together. */
export interface CodeSampling extends Viewer, Pick<Sampler, 'weights' | 'balance'> {
  readonly generator: Network;
  readonly prior: CodePrior;
  readonly objective: ReadyObjective;
  /** Codes to begin with, `[n, …]`. */
  readonly start: NdArray;
  readonly steps: number;
  /** s, the mean |Δh| of a step. */
  readonly stepSize: (step: number) => number;
  /** What each number of a code is kept in. */
  readonly codeRange: readonly [low: number, high: number] | undefined;
  /** What the noise of each number of a code is measured in; 1 where none are given. */
  readonly deviations: Float32Array | undefined;
  readonly observed: Observed | undefined;
  readonly seed: number;
  readonly group: number;
  readonly signal: AbortSignal | undefined;
}

/** What sampling has found. */
export interface Sampled {
  /** `[n, …]` */
  readonly codes: NdArray;
  /** The objective from the start to after the last step, `steps + 1` times `[n]`. */
  readonly curve: readonly Float32Array[];
  /** The mean magnitudes of what moved each sample in each step, `steps` times `[n, 4]`. */
  readonly terms: readonly Float32Array[];
}

/**
 * Moves codes: $h \leftarrow \mathrm{clip}(h + (s_t / \mathrm{mean}|d|)\, d)$, each sample with a d of its own, and none where d is
 * 0. Runs the step that follows the last one to read its objective.
 */
export async function sampled(sampling: CodeSampling, onStep: (step: number) => void): Promise<Sampled> {
  const { start, steps, signal, codeRange } = sampling;
  const curve: Float32Array[] = [];
  const terms: Float32Array[] = [];
  const found: { factors?: NdArray } = {};
  const { parameters } = await minimize<'score' | 'terms' | 'factors'>(
    {
      start: [start],
      iterations: steps,
      optimizer: sgd({ learningRate: 1 }),
      objective: ([codes], step) => {
        const { score, direction, ...read } = moved(sampling, codes as Tensor, { step, factors: found.factors });
        return { gradients: [tf.neg(direction)], read: { score, ...read } };
      },
      ...(codeRange && { project: (codes: Tensor) => tf.clipByValue(codes, ...codeRange) }),
      signal,
    },
    (read, step) => {
      curve.push(finiteScores(read.score, step));
      found.factors ??= read.factors;
      if (step === steps) return;
      terms.push(read.terms.data);
      onStep(step);
    },
  );
  return { codes: parameters[0] as NdArray, curve, terms };
}

interface Moved extends Omit<Direction, 'direction'> {
  readonly score: Tensor;
  /** Δh before clipping, in the shape of the codes. */
  readonly direction: Tensor;
}

/** What moves codes in a step. */
function moved(
  sampling: CodeSampling,
  codes: Tensor,
  { step, factors }: { readonly step: number; readonly factors: NdArray | undefined },
): Moved {
  const { generator, prior, objective, observed, weights, balance } = sampling;
  const [input] = generator.inputs;
  const site = generator.heads[0].site;
  const record = generator.forward([codes], { taps: [site], differentiate: { to: [input] } });
  const pictures = record.value(site) as Tensor4D;
  const toCodes = (cotangent: Tensor): Tensor2D =>
    flat(signalAt(record.backward(new Map([[site, cotangent]]), { to: [input] }), input));
  const { value, gradient } = scoredPictures(sampling, pictures, { objective, views: [asTheyAre] });
  const { direction, ...rest } = directionOf({
    prior: flat(prior(codes, pictures)),
    condition: toCodes(gradient),
    noise: noiseOf(sampling, step),
    inpainting: observed && weights.inpainting > 0 ? toCodes(missing(observed, pictures)) : undefined,
    weights,
    factors: balance === 'first' ? factors : undefined,
    isBalanced: balance !== 'none',
  });
  const change = stepped(direction, sampling.stepSize(step));
  return { score: value, direction: tf.reshape(change, codes.shape), ...rest };
}

/** (s / mean |d|) d of each sample, and 0 where d is. */
function stepped(direction: Tensor2D, size: number): Tensor2D {
  const mean = tf.mean(tf.abs(direction), 1, true);
  return tf.mul(direction, tf.divNoNan(size, mean));
}

function flat(codes: Tensor): Tensor2D {
  return tf.reshape(codes, [codes.shape[0] as number, -1]);
}

/** (x_obs − x) ∘ mask. */
function missing({ picture, mask }: Observed, pictures: Tensor4D): Tensor {
  const [rows, columns] = mask.shape as [number, number];
  const difference = tf.sub(tf.tensor(picture.data, [...picture.shape]), pictures);
  return tf.mul(difference, tf.tensor(mask.data, [1, rows, columns, 1]));
}

/** Standard normal numbers of each sample, in the deviations of the codes; none where they do not count. */
function noiseOf({ start, weights, deviations, seed, group }: CodeSampling, step: number): Tensor2D | undefined {
  if (weights.noise === 0) return undefined;
  const count = start.shape[0] as number;
  const size = sizeOf(start.shape.slice(1));
  const data = new Float32Array(count * size);
  for (let sample = 0; sample < count; sample++) {
    const { normal } = random(seed, group, sample, step + 1);
    for (let unit = 0; unit < size; unit++) data[sample * size + unit] = normal() * (deviations?.[unit] ?? 1);
  }
  return tf.tensor2d(data, [count, size]);
}

function finiteScores({ data }: NdArray, step: number): Float32Array {
  const sample = data.findIndex((value) => !Number.isFinite(value));
  if (sample < 0) return data;
  throw new VitrineError(
    'not-finite',
    `"objective" expected finite values, got ${data[sample]} of sample ${sample} after ${step} steps; a smaller "stepSize" may help`,
  );
}
