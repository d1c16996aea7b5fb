import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type LoadOptions, loadChecks } from '../network/loading/source.ts';
import { loadModel } from '../network/loadModel.ts';
import { assertOptions, type OptionChecks } from '../numeric/options.ts';
import { modelFiles } from './modelFiles.ts';

/** How a model is watched and stopped while it is read. */
/** How a model is read from files. */
export type ReadModelOptions = Omit<LoadOptions, 'fetch'>;

const checks: OptionChecks<ReadModelOptions> = { signal: loadChecks.signal, onProgress: loadChecks.onProgress };

/**
 * Opens a model from a disk: a `.keras` or `.h5` file, or a `model.json` and the weight files beside it.
 *
 * @param path of the file or of the folder that holds it, or its `file:` URL.
 * @param options `signal`, `onProgress`.
 * @returns the model with its trained weights; the caller's to dispose.
 * @throws {VitrineError} as `loadModel` does, if there is no such file, or if the JSON names files outside of its folder.
 * @example
 * ```ts
 * import { readModel } from 'vitrine/node';
 * const classifier = await readModel('examples/models/efficientnet-lite0/model.json');
 * console.log(classifier.layers.length); // 145
 * classifier.dispose();
 * ```
 */
export async function readModel(path: string | URL, options: ReadModelOptions = {}): Promise<LayersModel> {
  assertOptions(options, checks);
  options.signal?.throwIfAborted();
  return loadModel(await modelFiles(path), options);
}
