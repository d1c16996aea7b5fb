import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../backend/inTurn.ts';
import { blurring } from '../image/blur.ts';
import { assertTokens } from '../network/walk/assertTokens.ts';
import { concatenated } from '../network/walk/batches.ts';
import { readArray } from '../network/walk/inputs.ts';
import { assertFiniteArray, assertNumber, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf } from '../numeric/ndarray.ts';
import { type Random, random } from '../numeric/random.ts';
import type { Session } from './session.ts';
import type { Baseline } from './types.ts';

/** How baselines are made for the inputs of a model. */
export interface BaselineRequest {
  /** One for all inputs, or one for each. */
  readonly baseline: Baseline | readonly Baseline[];
  readonly seed?: number | undefined;
}

/** The baseline of every example of every input, in the inputs' shapes. */
export async function resolveBaselines(
  inputs: readonly NdArray[],
  { baseline, seed = 0 }: BaselineRequest,
): Promise<readonly NdArray[]> {
  const list = Array.isArray(baseline) ? (baseline as readonly Baseline[]) : inputs.map(() => baseline as Baseline);
  if (list.length !== inputs.length) {
    throw new VitrineError(
      'bad-argument',
      `"baseline" expected one for each of ${inputs.length} input(s), got ${list.length}`,
    );
  }
  return Promise.all(
    inputs.map((input, i) => resolve(input, list[i] as Baseline, (example) => random(seed, i, example))),
  );
}

/** A stream of its own for each example, so that none depends on its neighbours. */
type Streams = (example: number) => Random;

async function resolve(input: NdArray, baseline: Baseline, streams: Streams): Promise<NdArray> {
  if (typeof baseline === 'object' && baseline !== null) return fitted(await readArray(baseline, 'baseline'), input);
  if (typeof baseline === 'function') return made(input, baseline, streams);
  if (typeof baseline === 'number') {
    assertNumber('baseline', baseline);
    return filled(input, () => () => baseline);
  }
  switch (baseline) {
    case 'zero':
      return filled(input, () => () => 0);
    case 'mean':
      // The mean of a vector's every channel is the vector.
      if (input.shape.length < 3)
        throw new VitrineError('bad-argument', refusal('an input with positions', baseline, input));
      return filled(input, channelMeans);
    case 'uniform':
      return filled(input, (data, _channels, example) => withinRange(data, streams(example)));
    case 'blur':
      return blurred(input);
    default:
      throw new VitrineError(
        'bad-argument',
        `"baseline" expected 'zero', 'mean', 'blur', 'uniform', a number, an array, a tensor or a function, got ${describe(baseline)}`,
      );
  }
}

/** A given baseline: one for all examples, or one for each. */
function fitted(baseline: NdArray, { shape, data }: NdArray): NdArray {
  assertFiniteArray('baseline', baseline);
  if (sameShape(baseline.shape, shape)) return baseline;
  const example = shape.slice(1);
  if (!sameShape(baseline.shape, example) && !sameShape(baseline.shape, [1, ...example])) {
    const expected = `[${shape.join(', ')}] or [${example.join(', ')}]`;
    throw new VitrineError('bad-shape', `"baseline" expected shape ${expected}, got [${baseline.shape.join(', ')}]`);
  }
  return { shape, data: data.map((_, i) => baseline.data[i % baseline.data.length] as number) };
}

/** What a user's function makes of each example `[1, …]`. */
async function made(
  input: NdArray,
  baseline: (x: Tensor, random: Random) => Tensor,
  streams: Streams,
): Promise<NdArray> {
  const examples = [];
  for (const [i, example] of examplesOf(input).entries()) {
    const shape = [1, ...input.shape.slice(1)];
    const tensor = tf.tidy(() => {
      const found: unknown = baseline(tf.tensor(example.slice(), shape), streams(i));
      if (found instanceof tf.Tensor && !found.isDisposed) return tf.clone(found);
      throw new VitrineError(
        'bad-argument',
        `"baseline" expected a function that returns a tensor, got one that returns ${describe(found)}`,
      );
    });
    try {
      examples.push(fitted(await readArray(tensor, 'baseline'), { shape, data: example }));
    } finally {
      tensor.dispose();
    }
  }
  return concatenated(examples);
}

function filled(
  input: NdArray,
  fill: (data: Float32Array, channels: number, example: number) => (index: number) => number,
): NdArray {
  const channels = input.shape.at(-1) as number;
  const examples = examplesOf(input).map((data, example) => {
    const value = fill(data, channels, example);
    return { shape: [1, ...input.shape.slice(1)], data: data.map((_, i) => value(i)) };
  });
  return concatenated(examples);
}

function channelMeans(example: Float32Array, channels: number): (index: number) => number {
  const sums = new Float64Array(channels);
  example.forEach((value, i) => {
    sums[i % channels] = (sums[i % channels] as number) + value;
  });
  return (index) => ((sums[index % channels] as number) * channels) / example.length;
}

function withinRange(example: Float32Array, source: Random): () => number {
  const low = example.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = example.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return () => low + (high - low) * source.uniform();
}

/**
 * A Gaussian of a twentieth of the longer side hides what a picture shows and keeps its colours; along the planes of a
 * volume, or over frames, of a twentieth of their number, as there are mostly fewer.
 */
async function blurred(input: NdArray): Promise<NdArray> {
  const [rows, columns] = input.shape.slice(-3, -1) as [number, number];
  const sigma = Math.max(rows, columns) / 20;
  if (input.shape.length === 4) return inSlices(blurring(input, [sigma, sigma]));
  if (input.shape.length === 5) return inSlices(blurring(input, [(input.shape[1] as number) / 20, sigma, sigma]));
  throw new VitrineError('bad-argument', refusal('an image or a volume', 'blur', input));
}

function refusal(expected: string, baseline: string, { shape }: NdArray): string {
  return `"baseline" expected ${expected} for '${baseline}', got shape [${shape.join(', ')}]`;
}

function examplesOf({ shape, data }: NdArray): Float32Array[] {
  const size = sizeOf(shape.slice(1));
  return Array.from({ length: shape[0] as number }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

/** The baseline of every example of every input; those of tokens are tokens too. */
export async function baselinesOf(
  { network, inputs, options }: Session,
  baseline: Baseline | readonly Baseline[],
): Promise<readonly NdArray[]> {
  const baselines = await resolveBaselines(inputs, { baseline, seed: options.seed });
  assertTokens(network, baselines, 'baseline');
  return baselines;
}

/** What the examples of one input look like where they are hidden. */
export async function hiddenInput(session: Session, index: number, baseline: Baseline): Promise<NdArray> {
  const list = session.inputs.map((_, i) => (i === index ? baseline : 0));
  return (await baselinesOf(session, list))[index] as NdArray;
}
