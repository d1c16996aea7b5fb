import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, Shape } from '@tensorflow/tfjs-layers';
import { inputFor } from '../networks.ts';

/** Writes the layers of a model, their weights and an input to a folder, in float32, for all who compute it. */
export async function writeNetwork(model: LayersModel, folder: string): Promise<void> {
  const layers = model.layers.map((layer) => {
    const node = layer.inboundNodes[0];
    return {
      name: layer.name,
      kind: layer.getClassName(),
      config: layer.getConfig(),
      inputs: node?.inboundLayers.map(({ name }) => name),
      input: (node?.inputShapes as Shape[] | undefined)?.[0]?.slice(1),
      weights: layer.getWeights().map(({ shape }) => shape),
    };
  });
  const weights = await Promise.all(model.layers.flatMap((layer) => layer.getWeights().map((weight) => weight.data())));
  const x = inputFor(model);
  await writeFile(join(folder, 'network.json'), JSON.stringify(layers));
  await writeFile(join(folder, 'weights.bin'), Buffer.concat(weights.map(bytesOf)));
  await writeFile(join(folder, 'input.bin'), bytesOf(await x.data()));
  x.dispose();
}

/** Gives a model of the same layers the weights that lie in a folder. */
export async function restoreWeights(model: LayersModel, folder: string): Promise<void> {
  const values = await readFloats(join(folder, 'weights.bin'));
  let at = 0;
  for (const layer of model.layers) {
    const weights = layer.getWeights().map(({ shape, size }) => {
      at += size;
      return tf.tensor(values.subarray(at - size, at), shape);
    });
    layer.setWeights(weights);
    tf.dispose(weights);
  }
}

/** A file of float32. */
export async function readFloats(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}

function bytesOf({ buffer, byteOffset, byteLength }: tf.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
