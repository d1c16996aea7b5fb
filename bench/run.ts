// Ratios against stock `model.predict`, each pair measured in the same rounds of one process: `npm run bench`.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile, gradCam, gradient, integratedGradients, predict } from '../src/index.ts';
import { readModel } from '../src/node/index.ts';
import { type Job, measure, table } from './measure.ts';
import { inputFor, resNetLike, vggLike } from './networks.ts';

const STEPS = 50;
const ROUNDS = 9;

/** @param folds whether the network has batch normalisation to fold, on which the aims against stock predict rest. */
function jobsFor(model: LayersModel, folds: boolean): { jobs: readonly Job[]; dispose: () => void } {
  const x = inputFor(model);
  const network = compile(model);
  const stock = async (): Promise<void> => {
    const output = model.predict(x) as tf.Tensor;
    await output.data();
    output.dispose();
  };
  const aim = (times: number): Pick<Job, 'aim'> => (folds ? { aim: times } : {});
  const bare: readonly Job[] = [
    { name: 'forward, bare model', run: () => predict(model, x), per: 'stock predict' },
    { name: 'gradient map, bare model', run: () => gradient(model, x), per: 'stock predict' },
    { name: 'Grad-CAM, bare model', run: () => gradCam(model, x, { size: 'layer' }), per: 'stock predict' },
  ];
  const jobs: readonly Job[] = [
    { name: 'stock predict', run: stock },
    { name: 'compiled forward', run: () => predict(network, x), per: 'stock predict', ...aim(0.55) },
    { name: 'gradient map', run: () => gradient(network, x), per: 'stock predict', ...aim(1.3) },
    { name: 'gradient map, in forwards', run: () => gradient(network, x), per: 'compiled forward', aim: 2.8 },
    { name: 'Grad-CAM', run: () => gradCam(network, x, { size: 'layer' }), per: 'compiled forward', aim: 1.15 },
    ...bare,
  ];
  const path: Job = {
    name: `integrated gradients, ${STEPS} steps`,
    run: () => integratedGradients(network, x, { steps: STEPS }),
    per: 'gradient map',
    aim: 1.05 * STEPS,
  };
  return {
    // Once per round of the others would take minutes; one network shows it.
    jobs: folds ? [...jobs, path] : jobs,
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

await tf.setBackend('wasm');
await tf.ready();
const models: readonly (readonly [string, () => Promise<LayersModel>, boolean])[] = [
  ['EfficientNet-Lite0', () => readModel('examples/models/efficientnet-lite0/model.json'), true],
  ['VGG-like', async () => vggLike(), false],
  ['ResNet-like', async () => resNetLike(), false],
];
console.log(`${tf.getBackend()}, Node ${process.version}, batch 1, 224 × 224, medians of ${ROUNDS} rounds\n`);
for (const [name, load, folds] of models) {
  const { jobs, dispose } = jobsFor(await load(), folds);
  console.log(table(name, await measure(jobs, ROUNDS)));
  dispose();
}
