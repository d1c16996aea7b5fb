import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { attacks } from '../src/diagnosis/index.ts';
import { compile, predict } from '../src/index.ts';
import { precision } from './arguments.ts';
import type { Job } from './measure.ts';
import { inputFor } from './networks.ts';

const QUERIES = 64;
/** Of the first squares: after 0, 50, 500 and 2000 queries of Square. */
const SHARES = [0.8, 0.2, 0.05, 0.0125];

/** Attacks that see scores only on EfficientNet-Lite0: what they save by computing again only what they change. */
export function scoreAttackJobs(model: LayersModel): { jobs: readonly Job[]; dispose: () => void } {
  const network = compile(model, precision ? { precision } : {});
  const x = inputFor(model);
  const pair = tf.concat([x, tf.reverse(x, 1)]);
  const bounds = [-3, 3] as const;
  const name = `${QUERIES} predictions`;
  const passes = async (): Promise<void> => {
    for (let i = 0; i < QUERIES; i++) await predict(network, x);
  };
  // Of both pictures half of the queries each; a length at which nothing succeeds.
  const square = (share: number, batchSize: number): Promise<unknown> =>
    attacks.square(network, pair, { bounds, epsilon: 1e-4, evaluations: QUERIES / 2, share, batchSize });
  const pixels = (count: number): Promise<unknown> =>
    attacks.onePixel(network, x, { bounds, pixels: count, population: QUERIES / 4, steps: 3 });
  return {
    jobs: [
      { name, run: passes },
      { name: 'Square, whole passes', run: () => square(0.2, 2), per: name },
      ...SHARES.map((share): Job => ({ name: `Square, share ${share}`, run: () => square(share, 1), per: name })),
      ...[1, 3].map((count): Job => ({ name: `evolution of pixels, ${count}`, run: () => pixels(count), per: name })),
    ],
    dispose() {
      network.dispose();
      tf.dispose([x, pair]);
      model.dispose();
    },
  };
}
