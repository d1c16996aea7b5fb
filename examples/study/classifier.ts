import { access } from 'node:fs/promises';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { installKernels } from 'vitrine';
import { readModel } from 'vitrine/node';
import { stacked } from '../scenes/rows.ts';
import { saveModel } from '../scenes/saveModel.ts';
import { type Training, type TrainingSet, train } from '../scenes/train.ts';
import { classes, type StudyScene, size, smallScene, studyScene } from './studyScenes.ts';

/** The classifier of the study: trained once, then read from the cache. */
export async function classifier(log: (text: string) => void): Promise<LayersModel> {
  const folder = '.cache/study-classifier';
  const known = await access(`${folder}/model.json`).then(
    () => true,
    () => false,
  );
  if (known) return readModel(`${folder}/model.json`);
  const model = await trained(log);
  await saveModel(model, folder);
  return model;
}

/** How many of all yes and no answers about held-out scenes are right. */
export async function classifierAccuracy(model: LayersModel, count = 300): Promise<number> {
  let right = 0;
  for (let i = 0; i < count; i++) {
    const { picture, labels } = studyScene(3, i);
    const output = tf.tidy(() => model.predict(stacked([picture])) as Tensor);
    const found = await output.data();
    output.dispose();
    right += labels.data.filter((label, k) => label === Number((found[k] as number) > 0.5)).length;
  }
  return right / (count * classes.length);
}

/** First on small pictures of one object, which cost a quarter, then on scenes. */
async function trained(log: (text: string) => void): Promise<LayersModel> {
  installKernels();
  const [small, whole] = [network(size / 2), network(size)];
  const run = async (model: LayersModel, set: TrainingSet, options: Pick<Training, 'rates' | 'batchSize'>) =>
    train(model, set, {
      ...options,
      loss: 'binaryCrossentropy',
      seed: 1,
      onEpoch: (epoch, loss) => log(`training on ${model.name}, epoch ${epoch}: loss ${loss.toFixed(4)}`),
    });
  await run(
    small,
    setOf(3000, (i) => smallScene(1, i)),
    { rates: [0.002, 0.002, 0.002, 0.001], batchSize: 8 },
  );
  whole.setWeights(small.getWeights());
  small.dispose();
  // The mean now runs over four times as many places.
  const [kernel, bias] = whole.getLayer('scores').getWeights() as [Tensor, Tensor];
  tf.tidy(() => whole.getLayer('scores').setWeights([tf.mul(kernel, 4), bias]));
  await run(
    whole,
    setOf(4000, (i) => studyScene(2, i)),
    { rates: [0.001, 0.001, 0.001, 0.001, 0.0003, 0.0003], batchSize: 8 },
  );
  return whole;
}

function setOf(count: number, scene: (index: number) => StudyScene): TrainingSet {
  const scenes = Array.from({ length: count }, (_, i) => scene(i));
  return {
    count,
    batch(rows) {
      const chosen = rows.map((row) => scenes[row] as StudyScene);
      return {
        inputs: [stacked(chosen.map(({ picture }) => picture))],
        labels: stacked(chosen.map(({ labels }) => labels)),
      };
    },
  };
}

/** Four convolutions and the mean over all places. */
function network(side: number): LayersModel {
  const { layers, initializers } = tfl;
  const convolution = (filters: number, index: number): tfl.layers.Layer =>
    layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializers.heNormal({ seed: 10 + index }),
      name: `conv${index}`,
      ...(index === 1 && { inputShape: [side, side, 3] }),
    });
  return tfl.sequential({
    name: `scenes_of_${side}`,
    layers: [
      convolution(12, 1),
      layers.maxPooling2d({ poolSize: 2, name: 'pool1' }),
      convolution(24, 2),
      layers.maxPooling2d({ poolSize: 2, name: 'pool2' }),
      convolution(32, 3),
      convolution(48, 4),
      layers.globalAveragePooling2d({ name: 'mean' }),
      layers.dense({
        units: classes.length,
        activation: 'sigmoid',
        kernelInitializer: initializers.heNormal({ seed: 15 }),
        name: 'scores',
      }),
    ],
  });
}
