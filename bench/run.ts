// Ratios against stock `model.predict`, each pair measured in the same rounds of one process: `npm run bench`.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile, gradCam, gradient, integratedGradients, type Model, predict } from '../src/index.ts';
import { readModel } from '../src/node/index.ts';
import { type Job, measure, table } from './measure.ts';
import { inputFor, resNetLike, vggLike } from './networks.ts';

const STEPS = 8;

function jobsFor(model: LayersModel): { jobs: readonly Job[]; dispose: () => void } {
  const x = inputFor(model);
  const network = compile(model);
  const stock = async (): Promise<void> => {
    const output = model.predict(x) as tf.Tensor;
    await output.data();
    output.dispose();
  };
  const explained = (name: string, used: Model): readonly Job[] => [
    { name: `forward, ${name}`, run: () => predict(used, x), per: 'stock predict' },
    { name: `gradient map, ${name}`, run: () => gradient(used, x), per: 'stock predict' },
    { name: `Grad-CAM, ${name}`, run: () => gradCam(used, x, { size: 'layer' }), per: 'stock predict' },
  ];
  const jobs: readonly Job[] = [
    { name: 'stock predict', run: stock },
    { name: 'compiled forward', run: () => predict(network, x), per: 'stock predict', aim: 0.55 },
    { name: 'gradient map', run: () => gradient(network, x), per: 'stock predict', aim: 1.3 },
    { name: 'gradient map, in forwards', run: () => gradient(network, x), per: 'compiled forward', aim: 2.8 },
    { name: 'Grad-CAM', run: () => gradCam(network, x, { size: 'layer' }), per: 'compiled forward', aim: 1.15 },
    {
      name: `integrated gradients, ${STEPS} steps`,
      run: () => integratedGradients(network, x, { steps: STEPS }),
      per: 'gradient map',
      // Two more forward passes give the scores at the ends; they weigh less the more steps there are.
      aim: 1.05 * STEPS,
    },
    ...explained('bare model', model),
  ];
  return {
    jobs,
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

await tf.setBackend('wasm');
await tf.ready();
const models = {
  'EfficientNet-Lite0': () => readModel('examples/models/efficientnet-lite0/model.json'),
  'VGG-like': async () => vggLike(),
  'ResNet-like': async () => resNetLike(),
};
console.log(`${tf.getBackend()}, Node ${process.version}, batch 1, 224 × 224, medians of 9 rounds\n`);
for (const [name, load] of Object.entries(models)) {
  const { jobs, dispose } = jobsFor(await load());
  console.log(table(name, await measure(jobs)));
  dispose();
}
