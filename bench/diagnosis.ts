import type { LayersModel } from '@tensorflow/tfjs-layers';
import { attacks } from '../src/diagnosis/index.ts';
import { compile, gradient } from '../src/index.ts';
import { precision } from './arguments.ts';
import type { Job, Measurement } from './measure.ts';
import { stockPredict } from './networkJobs.ts';
import { inputFor } from './networks.ts';

const STEPS = 40;
const EPSILON = 4 / 128;

/** Attacks on EfficientNet-Lite0; its unit is a prediction of stock tfjs. */
export function diagnosisJobs(model: LayersModel): { jobs: readonly Job[]; dispose: () => void } {
  const network = compile(model, precision ? { precision } : {});
  const x = inputFor(model);
  const stock: Job = { name: 'stock predict', run: () => stockPredict(model, x) };
  const map: Job = { name: 'gradient map', run: () => gradient(network, x), per: 'stock predict' };
  const pgd = (): Promise<unknown> =>
    attacks.pgd(network, x, { epsilon: EPSILON, bounds: [-3, 3], steps: STEPS, randomStart: false });
  return {
    jobs: [
      stock,
      map,
      { name: `${STEPS} gradient maps`, run: () => times(STEPS, () => gradient(network, x)), per: 'stock predict' },
      { name: `PGD-${STEPS}`, run: pgd, per: 'stock predict' },
      { name: `PGD-${STEPS}, in maps`, run: pgd, per: `${STEPS} gradient maps`, aim: 1.05 },
    ],
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

/** By how much a step exceeds a gradient map, in predictions of stock tfjs: the attack's other passes are in it. */
export function surplusOf(measured: readonly Measurement[]): string {
  const leastOf = (name: string): number => measured.find(({ job }) => job.name === name)?.least as number;
  const surplus = (leastOf(`PGD-${STEPS}`) - leastOf(`${STEPS} gradient maps`)) / STEPS / leastOf('stock predict');
  return `a step of PGD − a gradient map, by the least: ${surplus.toFixed(3)} × stock predict (aim 0.06)\n`;
}

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await run();
}
