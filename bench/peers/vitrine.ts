// vitrine and tfjs as peers: each precision is a contestant.
import '@tensorflow/tfjs-backend-wasm';
import { workerData } from 'node:worker_threads';
import type * as tf from '@tensorflow/tfjs-core';
import {
  compile,
  composites,
  gradient,
  integratedGradients,
  lrp,
  type Network,
  occlusion,
  predict,
  useBackend,
} from '../../src/index.ts';
import { inputFor, networks } from '../networks.ts';
import { restoreWeights } from './exchange.ts';
import { serve } from './peer.ts';

const { threads = 1 } = workerData as { threads?: number };
const { features, warnings } = await useBackend('wasm', { threads });
const isAsAsked = features.threadCount === threads;
if (!isAsAsked) console.error(warnings.join('\n'));

serve(async (name, folder) => {
  const model = await networks[name]();
  await restoreWeights(model, folder);
  const x = inputFor(model);
  const stock = async (): Promise<readonly number[]> => {
    const output = model.predict(x) as tf.Tensor;
    const values = await output.data();
    output.dispose();
    return [...values];
  };
  const compiled = (['exact', 'default', 'fast'] as const).map((precision) => compile(model, { precision }));
  const [exact, byDefault, fast] = compiled.map((network) => jobsOf(network, x)) as [Jobs, Jobs, Jobs];
  const alone = {
    'tfjs, predict': { forward: stock },
    'vitrine, exact': exact,
    'vitrine, default': byDefault,
    'vitrine, fast': fast,
  };
  const { forward, 'gradient map': map } = byDefault;
  const together = isAsAsked ? { [`vitrine, default, ${threads} threads`]: { forward, 'gradient map': map } } : {};
  return {
    output: await stock(),
    jobs: threads === 1 ? alone : together,
    dispose() {
      for (const network of compiled) network.dispose();
      x.dispose();
      model.dispose();
    },
  };
});

type Jobs = ReturnType<typeof jobsOf>;

function jobsOf(network: Network, x: tf.Tensor) {
  return {
    forward: () => predict(network, x),
    'gradient map': () => gradient(network, x),
    'LRP ε⁺': () => lrp(network, x, { composite: composites.epsilonPlus() }),
    occlusion: () => occlusion(network, x, { window: 32, stride: 16 }),
    'integrated gradients': () => integratedGradients(network, x, { steps: 50 }),
  };
}
