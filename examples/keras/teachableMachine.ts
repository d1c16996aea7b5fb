import '@tensorflow/tfjs-backend-cpu';
import { mkdir, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from 'vitrine';
import { readModel } from 'vitrine/node';

// `npx tsx examples/keras/teachableMachine.ts model.h5 folder`: the files of a Teachable Machine export, as its library
// (tfjs 1.3.1) writes them, of the model that `special.py` nests in the same way.
const [path = '', folder = ''] = process.argv.slice(2);
await useBackend('cpu');
const model = await readModel(path);
await mkdir(folder, { recursive: true });
await model.save(tf.io.withSaveHandler(write));
model.dispose();

async function write({ modelTopology, weightData, weightSpecs }: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const json = {
    modelTopology: {
      ...asTeachableMachine(modelTopology as Layer),
      keras_version: 'tfjs-layers 1.3.1',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  };
  const metadata = {
    tfjsVersion: '1.3.1',
    tmVersion: '2.4.7',
    packageVersion: '0.8.4-alpha2',
    packageName: '@teachablemachine/image',
    timeStamp: '2026-01-01T00:00:00.000Z',
    userMetadata: {},
    modelName: 'tm-my-image-model',
    labels: ['Cat', 'Cup', 'Rocket'],
    imageSize: 32,
  };
  await writeFile(`${folder}/model.json`, JSON.stringify(json));
  await writeFile(`${folder}/metadata.json`, JSON.stringify(metadata));
  await writeFile(`${folder}/weights.bin`, new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
  return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
}

interface Layer {
  readonly class_name: string;
  readonly config: { readonly layers?: readonly Layer[]; readonly batch_input_shape?: readonly (number | null)[] };
}

/** Functional models were of the class Model then, and a Sequential got its shape from the first layer. */
function asTeachableMachine(layer: Layer): Layer {
  const { class_name: kind, config } = layer;
  if (!config.layers) return layer;
  const layers = config.layers.map(asTeachableMachine);
  if (kind !== 'Sequential') return { ...layer, class_name: 'Model', config: { ...config, layers } };
  const [input, first, ...others] = layers as [Layer, Layer, ...Layer[]];
  if (input.class_name !== 'InputLayer') return { ...layer, config: { ...config, layers } };
  const { batch_input_shape } = input.config;
  const shaped = first.config.layers || !batch_input_shape ? first : withShape(first, batch_input_shape);
  return { ...layer, config: { ...config, layers: [shaped, ...others] } };
}

function withShape(layer: Layer, batch_input_shape: readonly (number | null)[]): Layer {
  return { ...layer, config: { ...layer.config, batch_input_shape } };
}
