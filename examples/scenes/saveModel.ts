import { mkdir, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Writes a model as `model.json` and `weights.bin`, as TensorFlow.js reads it. */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData = [] }) => {
    const weights = new tf.io.CompositeArrayBuffer(weightData as ArrayBuffer | ArrayBuffer[]).slice();
    const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    const json = { format: 'layers-model', modelTopology, weightsManifest };
    await writeFile(`${folder}/weights.bin`, new Uint8Array(weights));
    await writeFile(`${folder}/model.json`, JSON.stringify(json));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
}
