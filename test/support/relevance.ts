import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile } from '../../src/network/compile.ts';
import type { Composite } from '../../src/network/composite.ts';
import type { Head, Site } from '../../src/network/graph.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

/** Passes relevance at the output of a model back to its input by a composite; `z` are the outputs. */
export async function passedBack(
  model: LayersModel,
  composite: Composite,
  { x, relevance }: { x: NdArray; relevance: (z: Float32Array) => Float32Array },
): Promise<{ z: Float32Array; relevance: Float32Array; values: Float32Array }> {
  const network = compile(model);
  const [input, { site }] = [network.inputs[0] as Site, network.heads[0] as Head];
  const batch = tf.tensor(x.data, [...x.shape]);
  const differentiate = { to: [input], composite };
  const record = network.forward([batch], { taps: [site], differentiate });
  const z = (await record.value(site).data()) as Float32Array;
  const seed = tf.tensor(relevance(z), record.value(site).shape);
  const [values] = record.backward(new Map([[site, seed]]), { to: [input] }).get(input) as [tf.Tensor];
  const found = { z, relevance: (await seed.data()) as Float32Array, values: (await values.data()) as Float32Array };
  tf.dispose([batch, seed, values]);
  record.dispose();
  network.dispose();
  return found;
}
