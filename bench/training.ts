import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type InstallKernelsOptions, installKernels } from '../src/backend/index.ts';
import { random } from '../src/numeric/random.ts';
import type { Job } from './measure.ts';

const BATCH = 64;
const SIDE = 28;

/** Networks that are trained on pictures of 28 × 28 pixels, in batches of 64, by Adam. */
export const trainedNetworks: Readonly<Record<string, () => tfl.LayersModel>> = {
  'Training, 3 × 3 and pooling': () => {
    const { conv2d, maxPooling2d } = tfl.layers;
    return classifier([
      conv2d({ inputShape: [SIDE, SIDE, 1], filters: 16, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
    ]);
  },
  'Training, 5 × 5 with stride 2': () => {
    const { conv2d } = tfl.layers;
    const strided = { kernelSize: 5, strides: 2, activation: 'relu' } as const;
    return classifier([
      conv2d({ inputShape: [SIDE, SIDE, 1], filters: 32, ...strided }),
      conv2d({ filters: 64, ...strided }),
    ]);
  },
};

/** A step of training with the kernels that tfjs lacks, and with all that are faster. */
export function trainingJobs(network: () => tfl.LayersModel): { jobs: readonly Job[]; dispose: () => void } {
  const model = network();
  const draw = random(1);
  const pixels = Float32Array.from({ length: BATCH * SIDE ** 2 }, () => draw.uniform());
  const x = tf.tensor4d(pixels, [BATCH, SIDE, SIDE, 1]);
  const classes = Array.from({ length: BATCH }, (_, i) => i % 10);
  const y = tf.tidy(() => tf.cast(tf.oneHot(classes, 10), 'float32'));
  const step = (options: InstallKernelsOptions) => async (): Promise<void> => {
    const uninstall = installKernels(options);
    await model.trainOnBatch(x, y);
    uninstall();
  };
  const forward = async (): Promise<void> => {
    const output = model.predictOnBatch(x) as tf.Tensor;
    await output.data();
    output.dispose();
  };
  return {
    jobs: [
      { name: 'forward', run: forward },
      { name: 'step, missing kernels', run: step({}), per: 'forward' },
      { name: 'step, replaced kernels', run: step({ replace: true }), per: 'step, missing kernels', aim: 0.45 },
      { name: 'step, replaced kernels, in forwards', run: step({ replace: true }), per: 'forward', aim: 7 },
    ],
    dispose() {
      tf.dispose([x, y]);
      model.optimizer.dispose();
      model.dispose();
    },
  };
}

function classifier(layers: readonly tfl.layers.Layer[]): tfl.LayersModel {
  const { flatten, dense } = tfl.layers;
  const model = tfl.sequential({
    layers: [
      ...layers,
      flatten(),
      dense({ units: 64, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return model;
}
