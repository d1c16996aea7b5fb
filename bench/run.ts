// Ratios against stock `model.predict`, each pair measured in the same rounds of one process: `npm run bench`.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  compile,
  composites,
  gradCam,
  gradient,
  integratedGradients,
  lrp,
  occlusion,
  predict,
  rise,
  useBackend,
} from '../src/index.ts';
import type { Composite } from '../src/network/walk/composite.ts';
import { readModel } from '../src/node/index.ts';
import { dissectionJobs, threadJobs } from './dissection.ts';
import { graphJobs, paperGraph } from './graph.ts';
import { type Job, measure, table } from './measure.ts';
import { inputFor, resNetLike, vggLike } from './networks.ts';
import { readingTable } from './reading.ts';
import { responsivenessTables } from './responsiveness.ts';
import { studiedNetworks } from './studied.ts';
import { treeJobs } from './trees.ts';

const STEPS = 50;
const MASKS = 1000;
const WINDOW = { window: 32, stride: 16 } as const;
/** Windows of {@link WINDOW} along a side of 224 pixels, squared. */
const POSITIONS = 13 ** 2;
const ROUNDS = 9;
const SLOW_ROUNDS = 3;

/** What a network is expected to cost. */
interface Aims {
  /** Whether it has batch normalisation to fold, on which the aims against stock predict rest. */
  readonly folds: boolean;
  readonly positive: number;
  readonly signed: number;
  readonly occlusion: number;
}

/** Jobs of one network: those of a pass or two, and those of many, of which fewer rounds tell as much. */
interface Jobs {
  readonly quick: readonly Job[];
  readonly slow: readonly Job[];
  readonly dispose: () => void;
}

function jobsFor(model: LayersModel, aims: Aims): Jobs {
  const x = inputFor(model);
  const network = compile(model);
  const stock = async (): Promise<void> => {
    const output = model.predict(x) as tf.Tensor;
    await output.data();
    output.dispose();
  };
  const aim = (times: number): Pick<Job, 'aim'> => (aims.folds ? { aim: times } : {});
  const forward: Job = { name: 'compiled forward', run: () => predict(network, x), per: 'stock predict', ...aim(0.55) };
  const map: Job = { name: 'gradient map', run: () => gradient(network, x), per: 'stock predict', ...aim(1.3) };
  const relevance = (name: string, composite: Composite, aimed: number): Job => ({
    name: `LRP ${name}`,
    run: () => lrp(network, x, { composite }),
    per: 'gradient map',
    aim: aimed,
  });
  const quick: readonly Job[] = [
    { name: 'stock predict', run: stock },
    forward,
    map,
    { name: 'gradient map, in forwards', run: () => gradient(network, x), per: 'compiled forward', aim: 2.8 },
    { name: 'Grad-CAM', run: () => gradCam(network, x, { size: 'layer' }), per: 'compiled forward', aim: 1.15 },
    relevance('ε⁺', composites.epsilonPlus(), aims.positive),
    relevance('ε⁺ flat', composites.epsilonPlusFlat(), aims.positive),
    relevance('α2 β1', composites.epsilonAlpha2Beta1(), aims.signed),
    relevance('ε γ box', composites.epsilonGammaBox(-1, 1), aims.signed),
    { name: 'forward, bare model', run: () => predict(model, x), per: 'stock predict' },
    { name: 'gradient map, bare model', run: () => gradient(model, x), per: 'stock predict' },
    { name: 'Grad-CAM, bare model', run: () => gradCam(model, x, { size: 'layer' }), per: 'stock predict' },
  ];
  const windows: Job = {
    name: `occlusion, ${POSITIONS} positions`,
    run: () => occlusion(network, x, WINDOW),
    per: 'compiled forward',
    aim: aims.occlusion * POSITIONS,
  };
  const steps: Job = {
    name: `integrated gradients, ${STEPS} steps`,
    run: () => integratedGradients(network, x, { steps: STEPS }),
    per: 'gradient map',
    aim: 1.05 * STEPS,
  };
  const masks: Job = {
    name: `RISE, ${MASKS} masks`,
    run: () => rise(network, x, { samples: MASKS }),
    per: 'compiled forward',
    aim: 1.1 * MASKS,
  };
  return {
    quick,
    // Steps and masks take minutes; one network shows them.
    slow: [forward, map, windows, ...(aims.folds ? [steps, masks] : [])],
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

await useBackend('wasm');
/** What is measured of the networks of the study. */
const isStudied = ({ name }: Job): boolean =>
  ['stock predict', 'compiled forward', 'gradient map', 'Grad-CAM', 'LRP ε⁺'].includes(name);
const models: readonly (readonly [string, () => Promise<LayersModel>, Aims])[] = [
  [
    'EfficientNet-Lite0',
    () => readModel('examples/models/efficientnet-lite0/model.json'),
    { folds: true, positive: 2, signed: 3, occlusion: 0.7 },
  ],
  ['VGG-like', async () => vggLike(), { folds: false, positive: 1.7, signed: 2.3, occlusion: 0.5 }],
  ['ResNet-like', async () => resNetLike(), { folds: false, positive: 2, signed: 3, occlusion: 0.7 }],
];
console.log(`${tf.getBackend()}, Node ${process.version}, batch 1, 224 × 224`);
console.log(`medians of ${ROUNDS} rounds, of ${SLOW_ROUNDS} in the second table of each network\n`);
const wanted = process.argv.slice(2);
/** The tables, by the names that `npm run bench -- dissection trees` asks for; all of them by default. */
const sections: Readonly<Record<string, () => Promise<void>>> = {
  async networks() {
    for (const [name, load, aims] of models) {
      const { quick, slow, dispose } = jobsFor(await load(), aims);
      console.log(table(name, await measure(quick, ROUNDS)));
      console.log(table(`${name}, many passes`, await measure(slow, SLOW_ROUNDS)));
      dispose();
    }
  },
  async dissection() {
    const { jobs, dispose } = await dissectionJobs();
    console.log(table('Network Dissection', await measure(jobs, SLOW_ROUNDS)));
    dispose();
  },
  async threads() {
    console.log(table('Worker threads', await measure(threadJobs(), SLOW_ROUNDS)));
  },
  async graph() {
    const { jobs, dispose } = await graphJobs();
    console.log(table('Explanatory graphs', await measure(jobs, SLOW_ROUNDS)));
    dispose();
  },
  async paper() {
    const { seconds, nodes } = await paperGraph();
    console.log(`an explanatory graph of ${nodes} nodes on 100 images: ${seconds.toFixed(0)} s\n`);
  },
  async keras() {
    for (const { name, folder } of studiedNetworks(console.log)) {
      const noAims: Aims = { folds: false, positive: 0, signed: 0, occlusion: 0 };
      const { quick, dispose } = jobsFor(await readModel(`${folder}/model.keras`), noAims);
      const jobs = quick
        .filter(isStudied)
        .map(({ name: work, run, per }): Job => ({ name: work, run, ...(per && { per }) }));
      console.log(table(`${name} of keras.applications`, await measure(jobs, SLOW_ROUNDS)));
      dispose();
    }
  },
  async reading() {
    console.log(await readingTable());
  },
  async responsiveness() {
    console.log(await responsivenessTables(wanted.slice(1)));
  },
  async trees() {
    console.log(table('Decision trees', await measure(treeJobs(), SLOW_ROUNDS)));
  },
};

for (const [name, run] of Object.entries(sections)) {
  if (wanted.length === 0 || wanted.includes(name)) await run();
}
