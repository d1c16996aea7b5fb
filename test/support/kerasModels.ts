import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import { predict } from '../../src/network/predict.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { ScoreFunction } from '../../src/scoring/types.ts';
import { thorough } from './backend.ts';
import { expectClose } from './close.ts';
import { readFixture, readJson, readNpy } from './fixtures.ts';

/** What `info.json` tells of a classifier of keras.applications. */
export interface ApplicationInfo {
  /** The layer whose Grad-CAM is `cam`. */
  readonly cam_layer: string;
  /** The second one's output is `act1`. */
  readonly act_layers: readonly string[];
  /** The class whose logit is explained. */
  readonly target: number;
}

/** TensorFlow's values for a model: those of `gradients` are of a unit of the first output by each input. */
export interface Reference {
  readonly inputs: readonly NdArray[];
  readonly target: number;
  readonly outputs: readonly NdArray[];
  readonly gradients: readonly NdArray[];
}

/** A {@link Reference} as `ref.json` holds it. */
export interface WrittenReference {
  readonly inputs: readonly WrittenArray[];
  readonly target: number;
  readonly outputs: readonly WrittenArray[];
  readonly grads: readonly WrittenArray[];
}

export interface WrittenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** On a GPU in software a pass takes seconds: there the first of a kind stands for all. */
export function onBackend<T>(all: readonly T[]): readonly T[] {
  return thorough ? all : all.slice(0, 1);
}

/** On a GPU in software one file of each format stands for all. */
export function onePerFile<T extends { readonly file: string }>(models: readonly T[]): readonly T[] {
  return thorough ? models : [...new Map(models.map((model) => [model.file, model])).values()];
}

/** A `model.json` under `test/fixtures/`, as `loadModel` takes it. */
export async function jsonSource(
  path: string,
): Promise<{ json: Uint8Array; name: string; read: (file: string) => Promise<Uint8Array> }> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return { json: await readFixture(path), name: path, read: (file) => readFixture(`${folder}${file}`) };
}

/** The `.npy` files of a folder under `test/fixtures/` by their names. */
export async function readArrays<K extends string>(folder: string, names: readonly K[]): Promise<Record<K, NdArray>> {
  const arrays = await Promise.all(names.map(async (name) => [name, await readNpy(`${folder}/${name}.npy`)] as const));
  return Object.fromEntries(arrays) as Record<K, NdArray>;
}

/** A `ref.json` under `test/fixtures/`. */
export async function readReference(path: string): Promise<Reference> {
  return referenceOf(await readJson<WrittenReference>(path));
}

/** A parsed `ref.json`. */
export function referenceOf({ inputs, target, outputs, grads }: WrittenReference): Reference {
  const arrays = (all: readonly WrittenArray[]): NdArray[] =>
    all.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) }));
  return { inputs: arrays(inputs), target, outputs: arrays(outputs), gradients: arrays(grads) };
}

/** The score whose gradient a {@link Reference} holds: a unit of the first output, its places in a row. */
function unitScore(target: number): ScoreFunction {
  return ([output]) => {
    const rows = tf.reshape(output as tf.Tensor, [(output as tf.Tensor).shape[0] as number, -1]);
    return tf.squeeze(tf.slice(rows, [0, target], [-1, 1]), [1]);
  };
}

/** Outputs of `model.predict`, of vitrine's pass, and gradients are TensorFlow's; the model is disposed. */
export async function expectReference(model: LayersModel, reference: Reference): Promise<void> {
  const { inputs, outputs } = reference;
  const stock = tf.tidy(() => [model.predict(inputs.map(({ data, shape }) => tf.tensor(data, [...shape])))].flat());
  const network = compile(model);
  try {
    for (const [i, y] of stock.entries())
      await expectClose(y, outputs[i] as NdArray, { name: `output ${i} of predict` });
    await expectNetworkReference(network, reference);
  } finally {
    tf.dispose(stock);
    network.dispose();
    model.dispose();
  }
}

/** Outputs and gradients of a network are TensorFlow's. */
export async function expectNetworkReference(network: Network, reference: Reference): Promise<void> {
  const { inputs, outputs, gradients, target } = reference;
  for (const [output, expected] of outputs.entries()) {
    const { values } = await predict(network, inputs, { output });
    await expectClose(values, expected, { name: `output ${output}` });
  }
  const { values, inputs: slopes = [values] } = await gradient(network, inputs, { target: unitScore(target) });
  for (const [i, expected] of gradients.entries()) {
    await expectClose(slopes[i] as NdArray, expected, { name: `gradient of input ${i}`, tolerance: 1e-4 });
  }
}
