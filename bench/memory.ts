import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile, composites, gradient, lrp, type Precision, predict } from '../src/index.ts';
import { inputFor, namesOfNetworks, networks } from './networks.ts';

/** What a compiled network keeps beside the weights of its model, after each kind of call: `npm run bench -- memory`. */
export async function memoryTable(): Promise<string> {
  const header = ['network, MB of weights', 'precision', 'after a forward pass', 'and a gradient', 'and LRP ε⁺'];
  const rows: string[][] = [];
  for (const name of namesOfNetworks) {
    const model = await networks[name]();
    const weights = model.weights.reduce((sum, weight) => sum + 4 * weight.read().size, 0);
    for (const precision of ['exact', 'default', 'fast'] as const) {
      rows.push([`${name}, ${megabytes(weights)}`, `\`'${precision}'\``, ...(await kept(model, precision))]);
    }
    model.dispose();
  }
  const lines = [header, ['---', '---', '--:', '--:', '--:'], ...rows];
  return `### Memory\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

async function kept(model: LayersModel, precision: Precision): Promise<string[]> {
  const x = inputFor(model);
  const network = compile(model, { precision });
  const before = tf.memory().numBytes;
  const sizes: string[] = [];
  const composite = composites.epsilonPlus();
  for (const call of [() => predict(network, x), () => gradient(network, x), () => lrp(network, x, { composite })]) {
    await call();
    sizes.push(megabytes(tf.memory().numBytes - before));
  }
  network.dispose();
  x.dispose();
  return sizes;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
