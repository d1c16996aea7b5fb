import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { useBackend } from '../src/index.ts';
import { readModel } from '../src/node/index.ts';

/** What reading one file took. */
export interface Reading {
  readonly milliseconds: number;
  /** The most that arrays and tensors held together beyond what they held before; the weights are in it. */
  readonly peakBytes: number;
}

// A process of `npm run bench -- reading`: reads the file of its argument, after small ones that warm the code up.
const [path = ''] = process.argv.slice(2);
await useBackend('wasm');
for (const small of ['keras3/residual/model.keras', 'applications/vgg/model.json'])
  (await readModel(`test/fixtures/keras/${small}`)).dispose();
process.send?.({ milliseconds: await timeOf(path), peakBytes: await peakOf(path) } satisfies Reading);

async function timeOf(path: string): Promise<number> {
  const start = performance.now();
  const model = await readModel(path);
  const milliseconds = performance.now() - start;
  model.dispose();
  return milliseconds;
}

/** What is waiting for the garbage collector is no part of it: that runs as each tensor is made. */
async function peakOf(path: string): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error('the process expected --expose-gc');
  gc();
  let [tensors, peak] = [0, 0];
  const before = process.memoryUsage().arrayBuffers;
  const unwatch = watchData((bytes) => {
    tensors += bytes;
    if (bytes > 0) gc();
    // Tensors are in the memory of WebAssembly, which is not among the arrays.
    peak = Math.max(peak, tensors + process.memoryUsage().arrayBuffers - before);
  });
  const model: LayersModel = await readModel(path).finally(unwatch);
  model.dispose();
  return peak;
}

/** Reports the bytes of each array that a backend takes in, and those it frees as a negative number. */
function watchData(report: (bytes: number) => void): () => void {
  const { tensorInfo } = tf.engine().state;
  const { set, delete: remove } = tensorInfo;
  tensorInfo.set = (id, info) => {
    if (!tensorInfo.has(id)) report(4 * tf.util.sizeFromShape(info.shape ?? []));
    return set.call(tensorInfo, id, info);
  };
  tensorInfo.delete = (id) => {
    report(-4 * tf.util.sizeFromShape(tensorInfo.get(id)?.shape ?? []));
    return remove.call(tensorInfo, id);
  };
  return () => Object.assign(tensorInfo, { set, delete: remove });
}
