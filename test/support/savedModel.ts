import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A saved model: the parsed `model.json` and its weight files by path. */
export interface SavedModel {
  json: { modelTopology: Record<string, unknown>; weightsManifest: tf.io.WeightsManifestConfig } & Record<
    string,
    unknown
  >;
  files: Record<string, Uint8Array>;
}

/** Saves a model to memory, its weights in one group cut into shards of `shardBytes`. */
export async function saved(model: LayersModel, shardBytes: number = Number.POSITIVE_INFINITY): Promise<SavedModel> {
  let artifacts: tf.io.ModelArtifacts = {};
  const result = { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } };
  await model.save(
    tf.io.withSaveHandler(async (all) => {
      artifacts = all;
      return result;
    }),
  );
  const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
  const count = Math.max(Math.ceil(bytes.length / shardBytes), 1);
  const paths = Array.from({ length: count }, (_, i) => (count === 1 ? 'weights.bin' : `shard${i + 1}of${count}.bin`));
  const weights = artifacts.weightSpecs ?? [];
  return {
    json: {
      format: 'layers-model',
      modelTopology: artifacts.modelTopology as Record<string, unknown>,
      weightsManifest: [{ paths, weights }],
    },
    files: Object.fromEntries(paths.map((path, i) => [path, bytes.slice(i * shardBytes || 0, (i + 1) * shardBytes)])),
  };
}

/** What `loadModel` takes. */
export function readable({ json, files }: SavedModel): { json: object; read: (path: string) => Promise<Uint8Array> } {
  const read = async (path: string): Promise<Uint8Array> => {
    const file = files[path];
    if (!file) throw new Error('no such file');
    return file;
  };
  return { json, read };
}
