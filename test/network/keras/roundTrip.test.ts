import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../../src/network/loadModel.ts';
import { type PackedModel, packedModels, packedReference, sourceOf } from '../../support/archive.ts';
import { onePerFile } from '../../support/kerasModels.ts';
import { readable, saved } from '../../support/savedModel.ts';

// All that is refused has no layer to save.
const refused = /\/(lambda|adaptive-average-pooling|ops-average-pool)$/;
const probes = onePerFile(await packedModels('probes.zip')).filter(
  ({ name, file }: PackedModel) => !file.startsWith('graph/') && !refused.test(name),
);
const recurrent = (await packedModels('recurrent.zip')).filter(({ name }) => name.startsWith('keras2/'));
const models = [...probes, ...recurrent.filter(({ file }) => file === 'model.keras')];

async function outputsOf(model: tfl.LayersModel, packed: PackedModel): Promise<Float32Array[]> {
  const { inputs } = await packedReference(packed);
  const outputs = tf.tidy(() => [model.predict(inputs.map(({ data, shape }) => tf.tensor(data, [...shape])))].flat());
  const values = await Promise.all(outputs.map((output) => output.data<'float32'>()));
  tf.dispose(outputs);
  return values;
}

describe('a loaded model that is saved', () => {
  test.each(models)('$name opens again, by loadModel and by tf.loadLayersModel', async (packed) => {
    const model = await loadModel(await sourceOf(packed));
    const expected = await outputsOf(model, packed);
    const files = await saved(model);
    model.dispose();

    const again = await loadModel(readable(files));
    expect(await outputsOf(again, packed)).toEqual(expected);
    expect(again.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    again.dispose();

    const [{ weights }] = files.json.weightsManifest as [tf.io.WeightsManifestConfig[number]];
    const { modelTopology } = files.json;
    const weightData = files.files['weights.bin']?.slice().buffer as ArrayBuffer;
    const stock = await tfl.loadLayersModel({
      load: async () => ({ modelTopology, weightSpecs: weights, weightData }),
    });
    expect(await outputsOf(stock, packed)).toEqual(expected);
    // tfjs counts the uses of a shared layer.
    for (const weight of stock.weights) weight.dispose();
  });
});
