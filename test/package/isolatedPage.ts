/** What the page prints, as JSON. */
export interface Started {
  readonly isIsolated: boolean;
  readonly name: string;
  readonly threads: boolean;
  readonly warnings: readonly string[];
  /** A number of a product that wasm computed. */
  readonly sum: number;
}

/** A module for a page that starts wasm, with the files of wasm as Vite hands them over. */
export function isolatedModule(report: string): string {
  const files = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];
  return `import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
${files.map((file, i) => `import url${i} from '@tensorflow/tfjs-backend-wasm/dist/${file}.wasm?url';`).join('\n')}
import { useBackend } from 'vitrine/backend';
setWasmPaths({ ${files.map((file, i) => `'${file}.wasm': url${i}`).join(', ')} });
const { name, features, warnings } = await useBackend();
const product = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
const [sum] = await product.data();
const isIsolated = globalThis.crossOriginIsolated;
${report}(JSON.stringify({ isIsolated, name, threads: features.threads, warnings, sum }));
`;
}
