// Ratios against stock `model.predict`, each pair measured in the same rounds of one process: `npm run bench`.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../src/index.ts';
import { readModel } from '../src/node/index.ts';
import { aimsOf } from './aims.ts';
import { build, precision, words as wanted } from './arguments.ts';
import { diagnosisJobs, surplusOf } from './diagnosis.ts';
import { dissectionJobs, threadJobs } from './dissection.ts';
import { errorsTable } from './errors.ts';
import { graphJobs, paperGraph } from './graph.ts';
import { measure, table } from './measure.ts';
import { memoryTable } from './memory.ts';
import { networkJobs } from './networkJobs.ts';
import { namesOfNetworks, networks } from './networks.ts';
import { readingTable } from './reading.ts';
import { responsivenessTables } from './responsiveness.ts';
import { scoreAttackJobs } from './scoreAttacks.ts';
import { studiedNetworks } from './studied.ts';
import { trainedNetworks, trainingJobs } from './training.ts';
import { treeJobs } from './trees.ts';
import { visualizationJobs } from './visualization.ts';

const ROUNDS = 9;
const SLOW_ROUNDS = 3;
const QUICK_ROUNDS = 40;

await useBackend('wasm');
console.log(`${tf.getBackend()}, ${build} SIMD, Node ${process.version}, batch 1, 224 × 224`);
console.log(`precision of networks: ${precision ?? 'default'}`);
console.log(`medians of ${ROUNDS} rounds, of ${SLOW_ROUNDS} where there are many passes\n`);
/** The tables, by the names that `npm run bench -- dissection trees` asks for; all but `quick` by default. */
const sections: Readonly<Record<string, () => Promise<void>>> = {
  async quick() {
    for (const name of namesOfNetworks) {
      const { essential, dispose } = networkJobs(await networks[name](), aimsOf(name));
      console.log(table(name, await measure(essential, QUICK_ROUNDS)));
      dispose();
    }
  },
  async networks() {
    for (const name of namesOfNetworks) {
      const { essential, others, windows, samples, dispose } = networkJobs(await networks[name](), aimsOf(name));
      console.log(table(name, await measure([...essential, ...others], ROUNDS)));
      const many = name === 'EfficientNet-Lite0' ? [...windows, ...samples] : windows;
      console.log(table(`${name}, many passes`, await measure(many, SLOW_ROUNDS)));
      dispose();
    }
    for (const { name, folder } of studiedNetworks(console.log)) {
      const { essential, dispose } = networkJobs(await readModel(`${folder}/model.keras`));
      console.log(table(`${name} of keras.applications`, await measure(essential, ROUNDS)));
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
  async reading() {
    console.log(await readingTable());
  },
  async responsiveness() {
    console.log(await responsivenessTables(wanted.slice(1)));
  },
  async training() {
    for (const [name, network] of Object.entries(trainedNetworks)) {
      const { jobs, dispose } = trainingJobs(network);
      console.log(table(name, await measure(jobs, QUICK_ROUNDS)));
      dispose();
    }
  },
  async visualization() {
    const { jobs, dispose } = visualizationJobs(await networks['EfficientNet-Lite0']());
    console.log(table('Feature visualization', await measure(jobs, ROUNDS)));
    dispose();
  },
  async diagnosis() {
    const { jobs, dispose } = diagnosisJobs(await networks['EfficientNet-Lite0']());
    const measured = await measure(jobs, SLOW_ROUNDS);
    console.log(table('Attacks', measured));
    console.log(surplusOf(measured));
    dispose();
    const blind = scoreAttackJobs(await networks['EfficientNet-Lite0']());
    console.log(table('Attacks that see scores only', await measure(blind.jobs, SLOW_ROUNDS)));
    blind.dispose();
  },
  async memory() {
    console.log(await memoryTable());
  },
  async errors() {
    console.log(await errorsTable());
  },
  async trees() {
    console.log(table('Decision trees', await measure(treeJobs(), SLOW_ROUNDS)));
  },
};

for (const [name, run] of Object.entries(sections)) {
  if (wanted.length === 0 ? name !== 'quick' : wanted.includes(name)) await run();
}
