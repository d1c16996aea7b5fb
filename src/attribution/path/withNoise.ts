import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { embeddingsOf } from '../../network/graph/embeddingOf.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import type { Session } from '../../scoring/session.ts';

/** One noisy copy of the inputs. */
export interface NoiseSample {
  /** The standard deviation as a share of the range of an example. */
  readonly noise: number;
  readonly seed: number;
  readonly sample: number;
}

/** Numbers with noise, and a network that adds it to the embeddings of tokens. */
export function withNoise(
  { network, inputs }: Pick<Session, 'network' | 'inputs'>,
  { noise, seed, sample }: NoiseSample,
): Pick<Session, 'network' | 'inputs'> {
  const embeddings = network.inputs.map((input) => embeddingsOf(network, input));
  const edits = embeddings.flatMap((sites, i) =>
    sites.map((site, k): [Site, (value: Tensor) => Tensor] => [
      site,
      (value) => noisyRows(value, { noise, seed, stream: [sample, i, k] }),
    ]),
  );
  return {
    network: edits.length === 0 ? network : edited(network, new Map(edits)),
    inputs: inputs.map((input, i) =>
      embeddings[i]?.length ? input : noisyExamples(input, { noise, seed, stream: [sample, i] }),
    ),
  };
}

interface Noise {
  readonly noise: number;
  readonly seed: number;
  readonly stream: readonly number[];
}

/** Each example with noise from a stream of its own, so that it does not depend on its neighbours. */
function noisyExamples({ shape, data }: NdArray, { noise, seed, stream }: Noise): NdArray {
  const size = sizeOf(shape.slice(1));
  const noisy = new Float32Array(data.length);
  for (let example = 0; example < (shape[0] as number); example++) {
    const values = data.subarray(example * size, (example + 1) * size);
    const sigma = noise * range(values);
    const { normal } = random(seed, example, ...stream);
    noisy.set(sigma === 0 ? values : values.map((value) => value + sigma * normal()), example * size);
  }
  return { shape, data: noisy };
}

function range(values: Float32Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/** Rows with the same pattern of noise on each: which examples they come from is not known inside a network. */
function noisyRows(value: Tensor, { noise, seed, stream }: Noise): Tensor {
  const [count, ...example] = value.shape as [number, ...number[]];
  const { normal } = random(seed, 0, ...stream);
  const pattern = tf.tensor(Float32Array.from({ length: sizeOf(example) }, normal), [1, ...example]);
  const flat = tf.reshape(value, [count, -1]);
  const sigma = tf.mul(tf.sub(tf.max(flat, 1), tf.min(flat, 1)), noise);
  return tf.add(value, tf.mul(pattern, tf.reshape(sigma, [count, ...example.map(() => 1)])));
}

/** The same network with other layer outputs, before those that a method replaces. */
function edited(network: Network, edits: ReadonlyMap<Site, (value: Tensor) => Tensor>): Network {
  return {
    ...network,
    forward(inputs, options = {}) {
      const given = options.edits ?? new Map<Site, (value: Tensor) => Tensor>();
      const both = [...edits].map(([site, edit]): [Site, (value: Tensor) => Tensor] => {
        const replace = given.get(site);
        return [site, replace ? (value) => replace(edit(value)) : edit];
      });
      return network.forward(inputs, { ...options, edits: new Map([...given, ...both]) });
    },
  };
}
