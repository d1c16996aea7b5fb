import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile } from '../../src/network/compile.ts';
import type { OutputHead, Site } from '../../src/network/graph/graph.ts';
import type { Network } from '../../src/network/network.ts';
import type { Composite } from '../../src/network/walk/composite.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

/** Relevance at the output `z` of a network for an input `x`. */
interface Passing {
  readonly x: NdArray;
  readonly relevance: (z: Float32Array) => Float32Array;
}

interface Passed {
  readonly z: Float32Array;
  readonly relevance: Float32Array;
  readonly values: Float32Array;
}

/** Passes relevance at the output of a model back to its input by a composite. */
export async function passedBack(model: LayersModel, composite: Composite, passing: Passing): Promise<Passed> {
  const network = compile(model);
  const passed = await passedThrough(network, composite, passing);
  network.dispose();
  return passed;
}

/** The same of a network. */
export async function passedThrough(
  network: Network,
  composite: Composite,
  { x, relevance }: Passing,
): Promise<Passed> {
  const [input, { site }] = [network.inputs[0] as Site, network.heads[0] as OutputHead];
  const batch = tf.tensor(x.data, [...x.shape]);
  const differentiate = { to: [input], composite };
  const record = network.forward([batch], { taps: [site], differentiate });
  const z = (await record.value(site).data()) as Float32Array;
  const seed = tf.tensor(relevance(z), record.value(site).shape);
  const [values] = record.backward(new Map([[site, seed]]), { to: [input] }).get(input) as [tf.Tensor];
  const found = { z, relevance: (await seed.data()) as Float32Array, values: (await values.data()) as Float32Array };
  tf.dispose([batch, seed, values]);
  record.dispose();
  return found;
}
