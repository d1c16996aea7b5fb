import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildModel } from './loading/buildModel.ts';
import { parseModelJson } from './loading/modelJson.ts';
import { type ModelFiles, openSource } from './loading/openSource.ts';
import { readWeights } from './loading/readWeights.ts';
import type { RunOptions } from './types.ts';

/** How {@link loadModel} is watched and stopped; progress counts the bytes of the weights. */
export type LoadOptions = Pick<RunOptions, 'signal' | 'onProgress'>;

/**
 * Opens a model that was saved as `model.json` with weight files beside it, quantised ones (float16, uint16, uint8)
 * included. The training configuration and the optimizer's weights are left out. The model is the caller's to dispose;
 * a call that fails leaves nothing behind.
 *
 * @param source the address of the `model.json` (relative ones in browsers only), or its content with a function that
 *   reads the files that it names. From a disk: `readModel` of `vitrine/node`.
 * @param options `signal`, `onProgress`.
 * @returns the model with its trained weights.
 * @throws Error if a file is missing or of the wrong size, if the JSON is no layers model (a GraphModel, Keras 3, an
 *   HTML page), if weights and layers do not match or a class of layers is unknown.
 * @throws the signal's reason.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { loadModel } from 'vitrine';
 * const read = (path: string) => readFile(`examples/models/efficientnet-lite0/${path}`);
 * const classifier = await loadModel({ json: await read('model.json'), read });
 * classifier.dispose();
 * ```
 */
export async function loadModel(source: string | URL | ModelFiles, options: LoadOptions = {}): Promise<LayersModel> {
  const { signal } = options;
  signal?.throwIfAborted();
  const files = openSource(source, signal);
  await tf.ready();
  const model = parseModelJson(await files.json(), files.name);
  const weights = await readWeights(model.groups ?? [], files, options);
  signal?.throwIfAborted();
  return buildModel(model, weights);
}
