/** What the page prints, as JSON. */
export interface Started {
  readonly isIsolated: boolean;
  readonly name: string;
  readonly threads: boolean;
  readonly warnings: readonly string[];
  /** The sum of a gradient's absolute values, and whether one thread finds the same gradient, bit for bit. */
  readonly sum: number;
  readonly isSame: boolean;
}

/** A module for a page that starts wasm in two threads, with the files of wasm as Vite hands them over. */
export function isolatedModule(report: string): string {
  const files = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];
  return `import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
${files.map((file, i) => `import url${i} from '@tensorflow/tfjs-backend-wasm/dist/${file}.wasm?url';`).join('\n')}
import { gradient } from 'vitrine';
import { useBackend } from 'vitrine/backend';
setWasmPaths({ ${files.map((file, i) => `'${file}.wasm': url${i}`).join(', ')} });
const { name, features, warnings } = await useBackend('wasm', { threads: 2 });
const model = tfl.sequential({ layers: [
  tfl.layers.conv2d({ inputShape: [64, 64, 3], filters: 24, kernelSize: 3, padding: 'same', activation: 'relu' }),
  tfl.layers.conv2d({ filters: 24, kernelSize: 3, activation: 'relu' }),
  tfl.layers.globalAveragePooling2d({}),
  tfl.layers.dense({ units: 3 }),
] });
const wave = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i));
model.setWeights(model.getWeights().map((w) => tf.tensor(wave(w.size), w.shape)));
const map = async () => (await gradient(model, { shape: [1, 64, 64, 3], data: wave(64 * 64 * 3) }, { target: 1 })).values.data;
const found = await map();
await useBackend('wasm', { threads: 1 });
const alone = await map();
${report}(JSON.stringify({
  isIsolated: globalThis.crossOriginIsolated,
  name,
  threads: features.threads,
  warnings: warnings.filter((text) => text.includes('thread')),
  sum: found.reduce((sum, value) => sum + Math.abs(value), 0),
  isSame: found.every((value, i) => value === alone[i]),
}));
`;
}
