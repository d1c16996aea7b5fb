import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { eventLoopTurn } from '../backend/inTurn.ts';
import { VitrineError } from '../numeric/errors.ts';
import { assertOptions } from '../numeric/options.ts';
import { buildModel } from './loading/buildModel.ts';
import { readStored } from './loading/readStored.ts';
import { type LoadOptions, loadChecks, type ModelSource } from './loading/source.ts';

/**
 * Opens a model as Keras, its converter or TensorFlow.js saved it. What the file is, its content says:
 *
 * - a `.keras` file, of Keras 3 or of Keras 2.13 and later, or an `.h5` file of a whole model, of Keras 2 or 3;
 * - a `model.json` in the layers format with its weight files, quantised ones (float16, uint16, uint8) included;
 * - a zip of these, as Teachable Machine exports them. Its labels are in `model.getUserDefinedMetadata()`.
 *
 * The training configuration and the optimizer's weights are left out. The model is the caller's to dispose; a call
 * that fails leaves nothing behind.
 *
 * @param source the address of the file (relative ones in browsers only), its bytes, a `File` or `Blob`, all the
 *   files of a model as they are dropped into a page, the content of a `model.json` with a function that reads the files that
 *   it names, or what `tf.io` loads from, such as `indexeddb://name`. From a disk: `readModel` of `vitrine/node`.
 * @param options `signal`, `onProgress` and, for addresses, `fetch`: headers and credentials, or a function.
 * @returns the model with its trained weights.
 * @throws {VitrineError} if a file is missing, damaged or of the wrong size, if it is no such model (a GraphModel, which
 *   `loadNetwork` opens, a SavedModel, weights alone, an HTML page), if weights and layers do not match, or if a layer
 *   is unknown or cannot be computed as Keras does.
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
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<LayersModel> {
  assertOptions(options, loadChecks);
  const stored = await readStored(source, options);
  if (stored.format === 'graph') {
    throw new VitrineError(
      'unsupported',
      `"${stored.name}" expected a layers model, got a GraphModel: loadNetwork opens it, or readNetwork from a disk`,
    );
  }
  await tf.ready();
  await eventLoopTurn();
  options.signal?.throwIfAborted();
  return buildModel(stored);
}
