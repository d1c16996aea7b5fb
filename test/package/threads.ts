/** A module for worker threads: a model with seeded weights, and images that are labelled at the left. */
export const dissectedModule = `import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

export async function model() {
  await tf.setBackend('cpu');
  return tfl.sequential({ layers: [
    tfl.layers.conv2d({
      name: 'conv', inputShape: [8, 8, 3], filters: 4, kernelSize: 3,
      kernelInitializer: tfl.initializers.heNormal({ seed: 1 }),
    }),
  ] });
}

export const dataset = (shard, of) => Array.from({ length: 6 }, (_, image) => ({
  image: { shape: [8, 8, 3], data: Float32Array.from({ length: 192 }, (_, i) => Math.sin(i * (image + 1))) },
  planes: { shape: [1, 8, 8], data: Int32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 1 : 0)) },
})).filter((_, image) => image % of === shard);
`;

const program = `
const concepts = [{ number: 1, name: 'left', category: 'object' }];
dissectInWorkers({ module: 'dissected.mjs', workers: 2, shards: 2 }, { layers: ['conv'], concepts }).then(
  ({ conv }) => console.log(JSON.stringify({ images: conv.imageCount, units: conv.thresholds.length })),
);
`;

/** The same program as either kind of module. */
export const inThreads = {
  mjs: `import { dissectInWorkers } from 'vitrine/node';${program}`,
  cjs: `const { dissectInWorkers } = require('vitrine/node');${program}`,
};
