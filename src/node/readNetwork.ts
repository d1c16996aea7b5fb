import { type CompileOptions, compileChecks } from '../network/compile.ts';
import { type LoadOptions, loadChecks } from '../network/loading/source.ts';
import { loadNetwork } from '../network/loadNetwork.ts';
import type { Network } from '../network/network.ts';
import { assertOptions, type OptionChecks } from '../numeric/options.ts';
import { modelFiles } from './modelFiles.ts';

/** How a network is read from files, and what its outputs hold. */
export type ReadNetworkOptions = Omit<LoadOptions, 'fetch'> & CompileOptions;

const checks: OptionChecks<ReadNetworkOptions> = {
  ...compileChecks,
  signal: loadChecks.signal,
  onProgress: loadChecks.onProgress,
};

/**
 * Opens a saved model of any kind from a disk and compiles it: a `.keras` or `.h5` file, or the `model.json` of a layers
 * model or of a GraphModel and the weight files beside it.
 *
 * @param path of the file or of the folder that holds it, or its `file:` URL.
 * @param options `signal`, `onProgress`, `output`, `precision`.
 * @returns the network, which owns the model: `dispose` frees all of it.
 * @throws {VitrineError} as `loadNetwork` does, if there is no such file, or if the JSON names files outside of its folder.
 * @example
 * ```ts
 * import { summary } from 'vitrine';
 * import { readNetwork } from 'vitrine/node';
 * const network = await readNetwork('examples/models/efficientnet-lite0');
 * console.log(summary(network).parameterCount); // 4694024
 * network.dispose();
 * ```
 */
export async function readNetwork(path: string | URL, options: ReadNetworkOptions = {}): Promise<Network> {
  assertOptions(options, checks);
  options.signal?.throwIfAborted();
  return loadNetwork(await modelFiles(path), options);
}
