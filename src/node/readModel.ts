import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type LoadOptions, loadModel } from '../network/loadModel.ts';
import { pathOf } from './pathOf.ts';

/**
 * Opens a model from a disk: a `model.json` and the weight files beside it.
 *
 * @param path of the `model.json`, or its `file:` URL.
 * @param options `signal`, `onProgress`.
 * @returns the model with its trained weights; the caller's to dispose.
 * @throws Error as `loadModel` does, or if there is no such file.
 * @example
 * ```ts
 * import { readModel } from 'vitrine/node';
 * const classifier = await readModel('examples/models/efficientnet-lite0/model.json');
 * console.log(classifier.layers.length); // 145
 * classifier.dispose();
 * ```
 */
export async function readModel(path: string | URL, options: LoadOptions = {}): Promise<LayersModel> {
  const name = pathOf(path);
  const json = await readFile(name).catch((cause: Error) => {
    throw new Error(`"${name}" cannot be read: ${cause.message}`, { cause });
  });
  return loadModel({ json, name, read: (file) => readFile(resolve(dirname(name), file)) }, options);
}
